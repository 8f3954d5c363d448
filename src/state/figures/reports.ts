import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from '../../config/schema/target.ts';
import { timeOf } from '../../config/time/stamp.ts';
import { syncDirectory, writeDurably } from '../../os/files/durable-files.ts';
import { namesIn } from '../../os/files/names-in.ts';

type Place = Pick<Target, 'state'>;

/** What a report of its own is called: `performance-20260105_080000.html`. Others are somebody else's. */
const OURS = /^performance-(\d{8}_\d{6})\.(?:html|md)$/;

/** Keeps a report that is no report of a run, for its owner only. Answers where. */
export function storeReport(target: Place, name: string, text: string): string {
  const directory = directoryOf(target);
  if (mkdirSync(directory, { recursive: true, mode: 0o700 })) syncDirectory(target.state);
  const file = join(directory, name);
  writeDurably(file, text);
  return file;
}

/** Removes those that were made before a time, in ms since 1970. Answers how many. */
export function removeReports(target: Place, before: number): number {
  const directory = directoryOf(target);
  const old = namesIn(directory).filter((name) => {
    const stamp = OURS.exec(name)?.[1];
    return stamp !== undefined && timeOf(stamp) < before;
  });
  for (const name of old) rmSync(join(directory, name), { force: true });
  if (old.length > 0) syncDirectory(directory);
  return old.length;
}

function directoryOf({ state }: Place): string {
  return join(state, 'reports');
}
