import { relative } from 'node:path';
import type { ApplicationFailure } from '@temporalio/common';
import type { LogFile } from '../../config/schema/logs.ts';
import type { Target } from '../../config/schema/target.ts';
import type { Stamp } from '../../config/time/stamp.ts';
import { acting, unclaimed } from '../../os/acting.ts';
import { failureOf } from '../../os/failure-of.ts';
import { permanent } from '../../os/failure.ts';
import { isThere } from '../../os/files/file-facts.ts';
import { liveFile } from '../../os/files/live-file.ts';
import type { RotationResult } from './file/rotation-result.ts';
import { rotate, type Rotation } from './rotate/rotate.ts';
import { type LogReview, reviewLog } from './review/review.ts';
import { compress } from './rotated/compress.ts';
import { prune } from './rotated/prune.ts';

export type { LogReview, Rotation };

/** A log of the target, as a runbook passes it on. */
export interface Log {
  readonly file: string;
  /** From the target's directory. */
  readonly name: string;
}

/** The application's logs. Which, how large, how long: its target says. */
export function logActivities(target: Target) {
  return {
    /** Those that are ours to rotate: an application that rotates a log itself has it for itself. */
    async inspect(): Promise<{ logs: Log[]; note: string }> {
      const logs = target.logs.filter((log) => log.rotate?.by !== 'application').map(shown);
      const missing = logs.filter(({ file }) => !isThere(liveFile(file))).map(({ name }) => name);
      const others = target.logs.length - logs.length;
      const notes = [
        `${logs.length} to rotate`,
        ...(missing.length > 0 ? [`not there: ${missing.join(', ')}`] : []),
        ...(others > 0 ? [`${others} left to the application`] : []),
      ];
      return { logs, note: notes.join('; ') };
    },

    /** All of them, to be read. */
    async list(): Promise<{ logs: Log[] }> {
      return { logs: target.logs.map(shown) };
    },

    /** Counts what is new in one, and tells what its last day shows. */
    review: unclaimed(async (file: string): Promise<LogReview> =>
      reviewLog(target, policyOf(file)),
    ),

    rotate: acting(async (file: string, stamp: Stamp): Promise<Rotation> =>
      orFailed(() => rotate(target, policyOf(file), stamp)),
    ),

    /** Removes rotated files that are past their number or age. */
    prune: acting(async (file: string, stamp: Stamp): Promise<RotationResult> =>
      orFailed(async () => prune(policyOf(file), stamp)),
    ),

    /** Compresses rotated files but the newest, unless somebody still writes to them. */
    compress: acting(async (file: string): Promise<RotationResult> =>
      orFailed(() => compress(policyOf(file))),
    ),

    /** Demands that there is nothing to say. Error: `LogsOutOfOrder`, with the sentences. */
    async expectInOrder(remarks: readonly string[]): Promise<void> {
      if (remarks.length > 0) throw permanent('LogsOutOfOrder', remarks.join('; '));
    },
  };

  function shown({ file }: LogFile): Log {
    return { file, name: relative(target.directory, file) };
  }

  function policyOf(file: string): LogFile {
    const log = target.logs.find((one) => one.file === file);
    if (log) return log;
    throw permanent('LogUnknown', `Cannot find "${file}" in "logs" of "${target.name}"`);
  }
}

/** A log that cannot be helped is reported, and is no reason to let the others grow. What may pass is tried again. */
async function orFailed<Result extends RotationResult>(
  work: () => Promise<Result>,
): Promise<Result | RotationResult> {
  try {
    return await work();
  } catch (error) {
    const failure: ApplicationFailure = failureOf(error);
    if (!failure.nonRetryable) throw failure;
    const { message } = failure;
    return { changed: false, note: `Not done: ${message}`, remarks: [message], failed: true };
  }
}
