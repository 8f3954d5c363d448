import type { Examination, Staged } from '../../activities/database/driver.ts';
import { countText } from '../../config/text/count-text.ts';
import type { Stamp } from '../../config/time/stamp.ts';
import { leave, type Step } from '../../engine/steps/step.ts';
import { startUntilReady, upText } from './start-until-ready.ts';
import { verdictOf } from './verdict-of.ts';

/** The lines of a runbook in which its database is replaced. */
type Lines = Readonly<Record<'keep' | 'restore' | 'verify' | 'clear' | 'start', Step>>;

interface Replacement {
  readonly stamp: Stamp;
  /** What takes its place. */
  readonly staged: Staged;
  /** What was live when the application still ran. */
  readonly before: Examination;
}

/**
 * Gives the place of the live database to the staged copy, in one rename, and starts the application on it. It is stopped.
 *
 * The undo brings back what was live, unless that was proven damaged: then the proven copy stays. An application that is contained
 * stays down.
 */
export async function replaceDatabase(step: Lines, { stamp, staged, before }: Replacement) {
  const { finding } = before;
  const verdict = verdictOf(before);

  const kept = await step.keep(({ database }) => database.keep(stamp, { verdict }), {
    undo: ({ database }) => database.unkeep(stamp),
    note: ({ file }) => file ?? 'There was none',
  });

  await step.restore(({ database }) => database.swap(staged), {
    undo: async ({ database }) => {
      if (verdict !== 'damaged' || !(await database.isLive(staged))) return database.putBack(stamp);
      return leave(
        `The restored database stays, because the one before was damaged (${finding}). ` +
          `It is kept as "${kept.file ?? 'nothing: there was none'}"`,
      );
    },
    note: ({ note }) => note ?? '',
  });

  const live = await step.verify(({ database }) => database.expectLive(staged), {
    note: ({ rows }) => `${countText(rows, 'row')} in the live file, byte for byte the proven copy`,
  });

  // A stale cache is reported; it is no reason to bring the old database back.
  await step.clear(({ redis }) => redis.clearPrefix(), {
    note: ({ note }) => note,
    ifFailed: { keys: 0, note: 'Not cleared' },
  });

  const { readyAt, contained, note } = await step.start(startUntilReady, {
    undo: ({ runtime }) => runtime.stop(),
    note: upText,
  });

  return { kept: kept.file, live, readyAt, contained, note };
}

/** What is known at the end of the database that was replaced. */
interface Offered {
  /** What it was like, as text. */
  readonly before: string;
  /** The backup that was made of it. */
  readonly rollbackPoint?: string;
  /** Why there is none, and where its file is. */
  readonly noRollbackPoint?: string;
}

/** Makes a backup of the database that was replaced, if nothing in it is damaged. The application runs: it may take its time. */
export async function offerRollbackPoint(
  offer: Step,
  { stamp, before, kept }: Pick<Replacement, 'stamp' | 'before'> & { kept: string | undefined },
): Promise<Offered> {
  const { finding } = before;
  const where = kept === undefined ? 'there was no file' : `its file is "${kept}"`;
  if (verdictOf(before) === 'damaged') {
    offer.omit('It was damaged, and is kept as it was');
    return { before: finding, noRollbackPoint: `It was damaged: ${where}` };
  }
  const offered = await offer(({ backups }) => backups.adoptKept(stamp), {
    note: (found) => found?.backup?.id ?? found?.damage ?? 'There was none',
    ifFailed: undefined,
  });
  if (offered?.backup) return { before: finding, rollbackPoint: offered.backup.id };
  if (offered?.damage === undefined)
    return { before: finding, noRollbackPoint: `It could not be made a backup: ${where}` };
  return { before: `${finding}. ${offered.damage}`, noRollbackPoint: `It is damaged: ${where}` };
}

/**
 * What a step must have that brings a backup which nobody answers for: people look at it first. "latest" never means such a one, so that
 * somebody has named it.
 */
export function approvedWhenUntrusted({ id, untrusted }: Named): { readonly approve?: string } {
  return untrusted === undefined
    ? {}
    : {
        approve: `Backup ${id} is untrusted: ${untrusted}. Whoever wrote it decides what is in the database, and what is lost`,
      };
}

interface Named {
  readonly id: string;
  readonly untrusted?: string;
}
