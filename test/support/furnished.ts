import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import type { Runs } from './run.ts';

/** What the policy of a furnished target names. */
export const FILES: SqliteTarget['backups']['daily']['files'] = ['.env', 'app.conf'];
export const DATA: SqliteTarget['backups']['weekly'] = {
  files: ['data'],
  exclude: [],
  day: 'SUNDAY',
  keep: '56d',
};

/** As the backup has them. */
export const BACKED_UP: Readonly<Record<string, string>> = {
  '.env': '# the shop\nAPI_TOKEN=then\nLEVEL=info\nDATABASE_URL="postgres://shop:then@db/shop"\n',
  'app.conf': 'workers = 4\n',
  'data/north.csv': 'a,b\n1,2\n',
  'data/deep/south.csv': 'a,b\n3,4\n',
};

/** The files of an application, beside its database. Undefined removes one. */
export function furnish(
  { directory }: Pick<SqliteTarget, 'directory'>,
  files: Readonly<Record<string, string | undefined>> = BACKED_UP,
): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    if (content === undefined) rmSync(file, { force: true });
    else writeFileSync(file, content);
    if (content !== undefined) chmodSync(file, 0o640);
  }
}

/** What the files hold. Undefined: it is not there. */
export function furniture(
  { directory }: Pick<SqliteTarget, 'directory'>,
  paths: readonly string[] = Object.keys(BACKED_UP),
): Record<string, string | undefined> {
  return Object.fromEntries(
    paths.map((path) => {
      const file = join(directory, path);
      return [path, existsSync(file) ? readFileSync(file, 'utf8') : undefined];
    }),
  );
}

/** What an operator finds: one file spoilt, one gone, the data gone, and a password that was changed since. */
export const SPOILT: Readonly<Record<string, string | undefined>> = {
  '.env': 'API_TOKEN=now\nLEVEL=debug\nDATABASE_URL="postgres://shop:now@db/shop"\nNEW_KEY=new\n',
  'app.conf': undefined,
  'data/north.csv': 'torn',
  'data/deep/south.csv': undefined,
};

/** The live secrets in the file of the backup. */
export const MERGED =
  '# the shop\nAPI_TOKEN=now\nLEVEL=info\nDATABASE_URL="postgres://shop:now@db/shop"\nNEW_KEY=new\n';

/** Takes the full application. Answers the backup's id. */
export async function backUpAll(world: SqliteTarget, runs: Runs): Promise<string> {
  furnish(world);
  const { ending } = await runs.run('weekly-backup');
  if (ending.outcome !== 'done') throw new Error(ending.failure?.message);
  return (ending.output as { backup: string }).backup;
}
