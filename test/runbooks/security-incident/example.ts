import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn } from '../../../src/os/files/names-in.ts';
import type { Target } from '../../../src/config/schema/target.ts';
import type { Example } from '../../faults/example.ts';
import { ATTACKER, attack } from './world.ts';

/** Who is blocked in nginx is on record, and the other way round; evidence that has a head is sealed. */
export const example: Example = {
  input: () => ({ type: 'brute force', addresses: ATTACKER, block: 'ask' }),
  approve: ['block'],
  prepare: attack,
  calls: ['security.collect', 'security.block', 'security.report'],
  sample: { 'terminated while it works': 'security.block' },
  database: 'kept',
  stays: true,
  staysWhenUndone: true,
  made: (world) => isSealed(world),
};

function isSealed({ state }: Target): boolean {
  return namesIn(join(state, 'security'))
    .filter((name) => /^\d{8}_\d{6}$/.test(name))
    .some((name) => {
      try {
        return readFileSync(join(state, 'security', name, 'head.json'), 'utf8').endsWith('\n');
      } catch {
        return false;
      }
    });
}
