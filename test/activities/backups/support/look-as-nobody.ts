import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ApplicationFailure } from '@temporalio/common';
import type { BackupEntry } from '../../../../src/activities/backups/catalogue/backup-store.ts';
import { catalogueOf } from '../../../../src/activities/backups/catalogue/catalogue.ts';
import { readPin } from '../../../../src/activities/backups/catalogue/pin.ts';
import { createSystems } from '../../../../src/activities/index.ts';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';

type Failure = Pick<ApplicationFailure, 'type' | 'message' | 'nonRetryable'>;

export interface Look {
  readonly list: readonly (Pick<BackupEntry, 'id' | 'state' | 'note'> & {
    readonly pinned: boolean;
  })[];
  readonly latest: { readonly id?: string; readonly passedOver?: string };
  readonly files?: Failure;
  readonly snapshot?: Failure;
}

const NOBODY = 65_534;
const STAMP = '20260105_020000';

/** What the activities see in a process of a user who has the directory, and no more rights than its modes give: root reads everything. */
export function lookAsNobody(target: SqliteTarget): Look {
  if (process.getuid?.() === 0)
    execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, target.directory]);
  const { stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.url)], {
    encoding: 'utf8',
    input: JSON.stringify(target),
  });
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout) as Look;
}

async function failureOf(work: Promise<unknown>): Promise<Failure | undefined> {
  return work.then(
    () => undefined,
    ({ type, message, nonRetryable }: ApplicationFailure) => ({ type, message, nonRetryable }),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const target = JSON.parse(await new Response(process.stdin as never).text()) as SqliteTarget;
  // Only now that all is loaded: nobody else may read a checkout that its owner has closed.
  if (process.getuid?.() === 0) {
    process.setgroups!([]);
    process.setgid!(NOBODY);
    process.setuid!(NOBODY);
  }
  const { backups } = createSystems(target, 'test');
  const latest = await backups.find('latest').catch(() => ({}));
  const list = catalogueOf(target).backups.map(({ id, state, note }) => {
    return { id, state, note, pinned: readPin(target.backups, id) !== undefined };
  });
  const files = await failureOf(backups.expectFiles('daily', STAMP));
  const snapshot = await failureOf(backups.snapshot(STAMP));
  process.stdout.write(JSON.stringify({ list, latest, files, snapshot }));
}
