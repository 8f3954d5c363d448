import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { composeFiles } from '../config/load/compose-files.ts';
import type { Target } from '../config/schema/target.ts';
import type { AuditEvent } from './audit-log.ts';

const SHOWN = 12;
const TAIL_BYTES = 64 * 1024;

/** Files of the target's policy and runs on it, the newest first: most faults come from a change. As text. */
export function lastChanges(target: Target): string[] {
  return [...filesOf(target), ...runsOn(target)]
    .toSorted((one, other) => other.at.localeCompare(one.at))
    .slice(0, SHOWN)
    .map(({ at, what }) => `${what} at ${at}`);
}

interface Change {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly what: string;
}

function filesOf({ directory, runtime, backups }: Target): Change[] {
  const names = [
    ...(runtime.kind === 'compose' ? composeFiles(directory, runtime).all : []),
    ...backups.daily.files,
    ...(backups.weekly?.files ?? []),
  ];
  return [...new Set(names)].flatMap((name) => {
    const about = statSync(resolve(directory, name), { throwIfNoEntry: false });
    return about ? { at: about.mtime.toISOString(), what: `"${name}" was changed` } : [];
  });
}

function runsOn({ state }: Target): Change[] {
  return tailOf(join(state, 'audit.jsonl'))
    .split('\n')
    .flatMap((line) => eventIn(line) ?? [])
    .filter(({ what }) => what === 'ended' || what === 'started')
    .map(({ at, run, what, outcome, by }) => ({
      at,
      what: `"${run}" ${what === 'ended' ? `ended ${outcome}` : `was started by ${by}`}`,
    }));
}

/** The first line of the tail may be half a line. */
function eventIn(line: string): AuditEvent | undefined {
  try {
    return JSON.parse(line) as AuditEvent;
  } catch {
    return undefined;
  }
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
