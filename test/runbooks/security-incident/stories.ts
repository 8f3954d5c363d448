import type { WorkflowHandle } from '@temporalio/client';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import type { Story } from '../../replay/story.ts';
import { stoppingAt, waiting } from '../../replay/strikes.ts';
import { ATTACKER, attack } from './world.ts';

const input = { type: 'brute force', addresses: ATTACKER };

export const stories: readonly Story[] = [
  { ending: 'done', input, prepare, answer: approve },
  { ending: 'stopped', input, prepare: attack, strike: stoppingAt('security.collect') },
];

async function prepare(target: SqliteTarget): Promise<void> {
  await attack(target);
  target.approvals.unproven = 'allow';
}

async function approve(handle: WorkflowHandle): Promise<void> {
  await waiting(handle, 'block');
  await handle.executeUpdate('approve', { args: [{ step: 'block', by: 'sec-1' }] });
}
