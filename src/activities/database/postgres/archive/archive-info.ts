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
          database: z.looseObject({ 'repo-key': z.number().nullish() }).nullish(),
          info: z.looseObject({ size: z.number() }),
        }),
      )
      .default([]),
    /** The clusters that it is of: after an upgrade there are several. */
    db: z.array(z.looseObject({ 'system-id': z.number() })).default([]),
    repo: z
      .array(z.looseObject({ key: z.number(), status: z.looseObject({ message: z.string() }) }))
      .default([]),
    status: z.looseObject({ code: z.number(), message: z.string() }),
  }),
);
type Info = z.infer<typeof Info>[number];

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

/** From which of its backups the archive reaches a moment. */
export interface Covered {
  /** How large its cluster is. */
  readonly bytes: number;
  /** What tells pgBackRest to take this one: by itself it takes the newest, even one of which it knows that pages are damaged. */
  readonly options: readonly string[];
}

/** Demands a whole backup in the archive of the live server that ended before a moment. `live`: its identifier, where it is known. Error: `BackupUnreadable`. */
export async function expectCovered(
  { command, stanza }: PostgresArchive,
  time: string,
  ids: Ids,
  live?: string,
): Promise<Covered> {
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
      `pgBackRest has no backup of stanza "${stanza}"${info ? `: ${whyNone(info)}` : ''}`,
    );
  // Read as a number it has lost its last figures: so has this one.
  if (
    live !== undefined &&
    info.db.length > 0 &&
    !info.db.some((one) => one['system-id'] === Number(live))
  )
    throw permanent(
      'BackupUnreadable',
      `Stanza "${stanza}" is the archive of another server than the live one, which has the identifier ${live}: name its own in "database.archive.stanza"; ` +
        'where the live one has taken the place of the other one, "pgbackrest stanza-upgrade" says so to the archive',
    );
  const whole = info.backup
    .filter(({ error }) => error !== true)
    .toSorted((one, other) => one.timestamp.stop - other.timestamp.stop);
  const before = whole.filter(({ timestamp }) => timestamp.stop * 1000 <= Date.parse(time));
  const last = before.at(-1);
  if (last) {
    // One label may lie in one of several repositories only.
    const repository = last.database?.['repo-key'] ?? undefined;
    return {
      bytes: last.info.size,
      options: [
        `--set=${last.label}`,
        ...(repository === undefined ? [] : [`--repo=${repository}`]),
      ],
    };
  }
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

/** Of several repositories it says "other", or "mixed", and of each what is wrong there. */
function whyNone({ status, repo }: Info): string {
  const each = repo
    .map(({ key, status: { message } }) => [key, plainLine(message.split('\n')[0]!, 300)] as const)
    .filter(([, text]) => text !== 'ok' && text !== status.message)
    .map(([key, text]) => `repository ${key}: ${text}`);
  return each.length > 0 ? each.join('; ') : status.message;
}

/** What is no answer of pgBackRest is not taken for an archive without backups. */
function infoIn(stdout: string): z.infer<typeof Info> {
  try {
    // What a wrong key makes of a file is quoted there as it is.
    return Info.parse(JSON.parse(stdout.replaceAll(/\p{Cc}/gu, ' ')));
  } catch {
    throw permanent(
      'BackupUnreadable',
      `Cannot read what pgBackRest says of its archive: "${plainLine(stdout, 200)}"`,
    );
  }
}
