import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Updates } from '../../../src/config/schema/upkeep/updates.ts';
import type { Target } from '../../../src/config/schema/target.ts';
import type { Example } from '../../faults/example.ts';

/**
 * Its dependencies are lines of a file. What it does to packages of the host needs a Debian of its own, and is put to the test in
 * `security-updates.full.test.ts`: the kill in the middle, too.
 */
export const example: Example = {
  input: () => ({}),
  prepare: nameDependencies,
  calls: ['runtime.stop', 'dependencies.update', 'runtime.start'],
  undone: {
    by: 'app.prove',
    calls: ['runtime.stop', 'dependencies.restore', 'runtime.start'],
  },
  takenBack: true,
  sample: {
    'failed after its effect': 'dependencies.update',
    'terminated, then repair': 'dependencies.update',
  },
  database: 'kept',
  made: dependenciesAreNew,
};

const LIST = 'installed.txt';

/** A target that has dependencies, and leaves the packages of its host alone. */
export async function nameDependencies(world: Target): Promise<void> {
  world.updates = Updates.parse({ packages: 'none' });
  world.maintenance = {
    window: { calendar: 'daily', start: '02:00', duration: '2h', cutoff: '30m', timezone: 'UTC' },
    dependencies: {
      list: ['cat', LIST],
      update: ['sh', '-c', `echo "newer 2.0" > ${LIST}`],
      restore: ['cp', '{file}', LIST],
      timeout: '1m',
    },
    chores: [],
  };
  writeFileSync(join(world.directory, LIST), 'older 1.0\n');
}

/** As text when it is neither list. */
function dependenciesAreNew({ directory }: Target): boolean | string {
  const list = readFileSync(join(directory, LIST), 'utf8');
  if (list === 'older 1.0\n') return false;
  return list === 'newer 2.0\n' || `its dependencies are ${JSON.stringify(list)}`;
}
