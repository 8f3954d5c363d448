import { closeSync, fstatSync, fsyncSync, readSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Target } from '../config/schema/target.ts';
import type { Stamp } from '../config/time/stamp.ts';
import { syncDirectory } from '../os/files/durable-files.ts';
import { ensurePrivate } from '../os/files/ensure-private.ts';
import type { AuditEvent } from './audit/audit-event.ts';
import { BROKEN, chained, linked, NOTHING, prevOf, unchained, UNSIGNED } from './audit/chain.ts';
import { type Head, headIn, signHead } from './audit/head.ts';
import { withAuditLocked } from './audit/locked.ts';
import { openToAppend, openToRead, rotatedAudits } from './audit/files.ts';
import { type Stand, standOf } from './audit/stand.ts';
import { isThere } from '../os/files/file-facts.ts';

export type { AuditEvent };

/**
 * Appends events as JSON lines, and returns when they survive a power cut. Each line says by a hash what comes before it, and the end is
 * signed. An event's own words are its identity: its time is the run's, so that a retry brings the same, and is written once. Nothing that
 * stands there is ever changed: half a line that a power cut left is ended, and the whole one comes after it.
 */
export function appendToAudit(
  { state }: Pick<Target, 'state'>,
  events: readonly AuditEvent[],
): void {
  if (events.length === 0) return;
  ensurePrivate(state);
  withAuditLocked(state, () => append(state, events));
}

function append(state: string, events: readonly AuditEvent[]): void {
  const file = join(state, 'audit.jsonl');
  const isNew = !isThere(file);
  const fd = openToAppend(file);
  try {
    const before = newestRotated(state);
    const stand = standOf(fd, before?.end ?? NOTHING);
    const head = headIn(state) ?? firstHead(state, stand);
    const known = new Set([...stand.lines, ...(before?.lines ?? [])].map(unchained));
    const asked = events.map((event) => JSON.stringify(event));
    const found = foundOtherwise(head, stand, new Set(asked));
    const fresh = [...found, ...asked].filter((line) => !known.has(line));
    let hash = stand.end;
    const chain = fresh.map((line) => {
      const made = chained(line, hash);
      hash = linked(hash, made);
      return made;
    });
    const start = stand.isWhole ? '' : '\n';
    if (chain.length > 0) writeFileSync(fd, `${start}${chain.join('\n')}\n`);
    // Also for lines that are there: the attempt that wrote them may not have come so far.
    fsyncSync(fd);
    if (isNew) syncDirectory(dirname(file));
    if (hash !== head.hash)
      signHead(state, { number: head.number + 1, bytes: fstatSync(fd).size, hash });
  } finally {
    closeSync(fd);
  }
}

/** Before anything is chained: a chain without a head is one whose head was taken away. */
function firstHead(state: string, { size, lines, end }: Stand): Head {
  if (lines.some((line) => prevOf(line) !== undefined)) return { number: 0, bytes: 0, hash: '' };
  const head = { number: 0, bytes: size, hash: end };
  signHead(state, head);
  return head;
}

/**
 * What is not as it was signed is told by the next line, so that it is not signed as if nothing had been. What an attempt wrote that was
 * killed before it had signed is no news when it is tried again.
 */
function foundOtherwise({ hash, bytes }: Head, stand: Stand, asked: ReadonlySet<string>): string[] {
  if (stand.end === hash) return [];
  const isThere = bytes <= stand.size && stand.endAt(bytes) === hash;
  const unsigned = isThere ? stand.linesFrom(bytes).map(unchained) : [];
  // Half a line tells nothing of anybody.
  if (isThere && unsigned.every((line) => asked.has(line) || !line.endsWith('}'))) return [];
  const [what, reason] = isThere
    ? [
        UNSIGNED,
        'Lines before this one were not signed: whoever wrote them was killed, or is none of us',
      ]
    : [BROKEN, 'This does not go on from what was signed: lines were altered or removed'];
  const event: AuditEvent = {
    at: new Date().toISOString(),
    run: 'audit',
    what,
    by: 'runbook',
    reason,
  };
  return [JSON.stringify(event)];
}

/**
 * Begins a new file when this one has `bytes` bytes, or begins in another year than the stamp's. It is never compressed or removed.
 * Answers its new name.
 */
export function rotateAudit(
  { state }: Pick<Target, 'state'>,
  stamp: Stamp,
  bytes: number,
): string | undefined {
  const file = join(state, 'audit.jsonl');
  const rotated = join(state, `audit-${stamp}.jsonl`);
  // The year's first run, tried again, finds a new file of the new year; a full one may be full again.
  if (!isThere(file) || isThere(rotated)) return undefined;
  return withAuditLocked(state, () => {
    const fd = openToAppend(file);
    try {
      const beginning = Buffer.alloc(4096);
      readSync(fd, beginning, 0, beginning.length, 0);
      const year = /^\{"at":"(\d{4})-/.exec(beginning.toString())?.[1];
      if (fstatSync(fd).size < bytes && (year === undefined || year === stamp.slice(0, 4)))
        return undefined;
    } finally {
      closeSync(fd);
    }
    // What is not signed yet is signed while it can still be found.
    append(state, []);
    renameSync(file, rotated);
    syncDirectory(state);
    return rotated;
  });
}

/** A retried event may have been written before the file was begun anew, and the new one goes on from its end. */
function newestRotated(state: string): Stand | undefined {
  const name = rotatedAudits(state).at(-1);
  if (name === undefined) return undefined;
  const fd = openToRead(join(state, name));
  try {
    return standOf(fd, NOTHING);
  } finally {
    closeSync(fd);
  }
}
