import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { composeFiles } from '../config/load/compose-files.ts';
import { unitFiles } from '../config/load/unit-files.ts';
import type { Target } from '../config/schema/target.ts';
import { eventIn } from './audit/audit-event.ts';

const TAIL_BYTES = 64 * 1024;

/**
 * Files of the target's policy, the newest first, and after them runs on it, as text: most faults come from a change. Of both some,
 * where there are many. `own` is the run that asks, which changed nothing by being started.
 */
export function lastChanges(target: Target, own: string, shown = 12): string[] {
  const files = filesOf(target).toSorted(byNewest);
  const runs = runsOn(target, own).toSorted(byNewest);
  const ofFiles = Math.max(Math.ceil(shown * FILES), shown - runs.length);
  return [...files.slice(0, ofFiles), ...runs]
    .slice(0, shown)
    .map(({ at, what }) => `${what} at ${at}`);
}

/** Their part of what is shown. */
const FILES = 0.6;

function byNewest(one: Change, other: Change): number {
  return other.at.localeCompare(one.at);
}

interface Change {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly what: string;
}

function filesOf({ directory, runtime, backups }: Target): Change[] {
  const names = [
    ...(runtime.kind === 'compose' ? composeFiles(directory, runtime).all : []),
    ...(runtime.kind === 'systemd' ? Object.values(unitFiles(runtime)).flat() : []),
    ...backups.daily.files,
    ...(backups.weekly?.files ?? []),
  ];
  return [...new Set(names)].flatMap((name) => {
    const about = statSync(resolve(directory, name), { throwIfNoEntry: false });
    return about ? { at: about.mtime.toISOString(), what: `"${name}" was changed` } : [];
  });
}

function runsOn({ state }: Target, own: string): Change[] {
  return (
    tailOf(join(state, 'audit.jsonl'))
      .split('\n')
      .flatMap((line) => eventIn(line) ?? [])
      .filter(({ what }) => what === 'ended' || what === 'started')
      // A part of it, and what it is a part of, are the same run to people.
      .filter(({ run }) => !`${own}/`.startsWith(`${run}/`) && !run.startsWith(`${own}/`))
      .map(({ at, run, what, outcome, by }) => ({
        at,
        what: `"${run}" ${what === 'ended' ? `ended ${outcome}` : `was started by ${by}`}`,
      }))
  );
}

function tailOf(file: string): string {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return '';
  }
  try {
    const { size } = fstatSync(fd);
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
    const length = readSync(fd, tail, 0, tail.length, size - tail.length);
    return tail.toString('utf8', 0, length);
  } finally {
    closeSync(fd);
  }
}
