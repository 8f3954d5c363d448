import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Manifest } from '../../src/activities/artefact/manifest.ts';
import type { Target } from '../../src/config/schema/target.ts';
import { BACKED_UP, FILES, furnish, furniture, MERGED } from '../support/furnished.ts';
import type { Runs } from '../support/run.ts';
import type { Example } from './examples.ts';

const OLD = {
  '.env': 'API_TOKEN=now\nDATABASE_URL=postgres://shop:now@db/shop\n',
  'app.conf': 'x',
};
const NEW = {
  '.env': MERGED.replace('NEW_KEY=new\n', '').replace(/"(postgres.*)"/, '$1'),
  'app.conf': BACKED_UP['app.conf'],
};

/** What is done to the database alone is put to the test as a runbook of its own. */
export const systemRecovery: Example = {
  input: ({ backup }) => ({ backup }),
  prepare: openSystem,
  calls: [
    'database.stage',
    'files.stage',
    'runtime.stop',
    'files.keep',
    'files.place',
    'services.start',
    'database.keep',
    'database.swap',
    'redis.clearPrefix',
    'runtime.start',
    'services.start',
    'backups.adoptKept',
  ],
  played: [
    'database.stage',
    'files.stage',
    'runtime.stop',
    'files.keep',
    'files.place',
    'database.keep',
    'database.swap',
  ],
  undone: {
    by: 'redis.ping',
    calls: [
      'services.stopExcept',
      'runtime.stop',
      'database.putBack',
      'database.unkeep',
      'services.stopExcept',
      'runtime.stop',
      'files.putBack',
      'runtime.start',
      'files.discard',
      'database.unstage',
    ],
    chain: ['runtime.stop', 'files.putBack'],
  },
  sample: { 'worker killed': 'files.place' },
  database: 'restored',
  made: systemFaults,
};

/** Gives the backup the configuration that it would have had, and changes the live one. */
export async function openSystem(world: Target, runs: Runs, backup: string): Promise<void> {
  world.backups.daily = { ...world.backups.daily, files: FILES };
  furnish(world);
  const run = await runs.start('daily-backup');
  const { output } = (await runs.client.workflow.getHandle(run).result()) as {
    output: { backup: string };
  };
  const [from, to] = [output.backup, backup].map((id) => join(world.backups.directory, id));
  const read = (directory: string) =>
    Manifest.parse(JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')));
  const { archives } = read(from!);
  for (const { stored } of archives) copyFileSync(join(from!, stored.file), join(to!, stored.file));
  writeFileSync(join(to!, 'manifest.json'), JSON.stringify({ ...read(to!), archives }));
  rmSync(from!, { recursive: true });
  furnish(world, OLD);
}

/** Whether the configuration is that of the backup, with the live secrets. In words when it is a mix. */
export function systemFaults(world: Target): boolean | string {
  const found = JSON.stringify(furniture(world, FILES));
  if (found === JSON.stringify(NEW)) return true;
  return found === JSON.stringify(OLD) ? false : `its configuration is ${found}`;
}
