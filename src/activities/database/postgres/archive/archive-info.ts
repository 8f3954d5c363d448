import { z } from 'zod';
import type { PostgresArchive } from '../../../../config/schema/database.ts';
import type { PostgresTarget } from '../../../../config/schema/target.ts';
import { plainLine } from '../../../../config/text/plain-text.ts';
import { permanent } from '../../../../os/failure.ts';
import { run } from '../../../../os/process/command.ts';
import type { Ids } from './copy-from-archive.ts';

/** See "Info Command" of pgBackRest; what is not needed is not read. */
const Info = z.array(
  z.looseObject({
    name: z.string(),
    backup: z
      .array(
        z.looseObject({
          label: z.string(),
          error: z.boolean().nullish(),
          timestamp: z.looseObject({ stop: z.number() }),
          info: z.looseObject({ size: z.number() }),
        }),
      )
      .default([]),
    status: z.looseObject({ code: z.number(), message: z.string() }),
  }),
);

/** Error: `NotApplicable`, where the target names none. */
export function archiveOf({
  database,
  name,
}: Pick<PostgresTarget, 'database' | 'name'>): PostgresArchive {
  if (database.archive) return database.archive;
  throw permanent(
    'NotApplicable',
    `Target "${name}" names no archive of its server: add "database.archive", see docs/postgres.md`,
  );
}

/** Demands a backup in the archive that ended before a moment, and answers how large its cluster is. Error: `BackupUnreadable`. */
export async function expectCovered(
  { command, stanza }: PostgresArchive,
  time: string,
  ids: Ids,
): Promise<{ readonly bytes: number }> {
  const [program, ...args] = command;
  const { stdout } = await run(
    program!,
    [...args, `--stanza=${stanza}`, '--log-level-console=off', 'info', '--output=json'],
    {
      timeout: 60_000,
      ids,
      cwd: '/',
    },
  );
  const info = infoIn(stdout).find((one) => one.name === stanza);
  if (!info || info.backup.length === 0)
    throw permanent(
      'BackupUnreadable',
      `pgBackRest has no backup of stanza "${stanza}"${info ? `: ${info.status.message}` : ''}`,
    );
  const whole = info.backup.filter(({ error }) => error !== true);
  const before = whole.filter(({ timestamp }) => timestamp.stop * 1000 <= Date.parse(time));
  const last = before.at(-1);
  if (last) return { bytes: last.info.size };
  const first = whole[0];
  throw permanent(
    'BackupUnreadable',
    `The archive of stanza "${stanza}" does not reach back to ${time}: ${
      first
        ? `its first backup ended ${new Date(first.timestamp.stop * 1000).toISOString()}`
        : 'none of its backups is whole'
    }`,
  );
}

/** What is no answer of pgBackRest is not taken for an archive without backups. */
function infoIn(stdout: string): z.infer<typeof Info> {
  try {
    return Info.parse(JSON.parse(stdout));
  } catch {
    throw permanent(
      'BackupUnreadable',
      `Cannot read what pgBackRest says of its archive: "${plainLine(stdout, 200)}"`,
    );
  }
}
