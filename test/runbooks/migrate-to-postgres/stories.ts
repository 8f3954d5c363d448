import type { WorkflowHandle } from '@temporalio/client';
import type { Story } from '../../replay/story.ts';
import { failing, stoppingAt, waiting } from '../../replay/strikes.ts';
import { migrates, rehearsed } from '../../support/migrates.ts';

const cutOver = { input: { phase: 'cut-over' }, prepare: rehearsed, answer: approve } as const;

export const stories: readonly Story[] = [
  { ...cutOver, ending: 'done' },
  { ...cutOver, ending: 'undone', strike: failing('migration.proveApplication') },
  { ...cutOver, ending: 'left', strike: failing('migration.proveApplication', 'migration.goBack') },
  {
    input: { phase: 'rehearse' },
    prepare: migrates,
    ending: 'stopped',
    strike: stoppingAt('migration.copy'),
  },
];

async function approve(handle: WorkflowHandle): Promise<void> {
  await waiting(handle, 'inspect');
  await handle.executeUpdate('approve', { args: [{ step: 'inspect', by: 'ops-2' }] });
}
