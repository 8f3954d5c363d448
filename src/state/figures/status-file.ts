import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Target } from '../../config/schema/target.ts';
import { writeDurably } from '../../os/files/durable-files.ts';
import { ensurePrivate } from '../../os/files/ensure-private.ts';

const VERSION = 1;
/** Some hundred lines and figures; what is larger is none of ours. */
export const MAX_STATUS_BYTES = 2 ** 20;

const Verdict = z.enum(['ok', 'warning', 'critical', 'unknown', 'not applicable']);
const text = z.string().max(4000);

const Line = z.object({ subject: text, verdict: Verdict, text, hint: text.optional() });

const StatusFigure = z.object({
  name: text,
  value: z.number().optional(),
  unit: z.enum(['seconds', 'ratio', 'bytes', 'count', 'per second', 'bytes per second']),
  at: text,
  verdict: Verdict,
  limit: text.optional(),
  note: text,
});

const StatusIncident = z.object({
  id: text,
  title: text,
  severity: text.optional(),
  /** `triggered`, `acknowledged`, `resolved`, or as Temporal names it. */
  state: text,
  openedAt: z.iso.datetime(),
  closedAt: z.iso.datetime().optional(),
  /** Why nobody is paged for it now, and until when. */
  quiet: text.optional(),
  /** What was seen. */
  reason: text.optional(),
  /** How it ended. */
  end: text.optional(),
});
export type StatusIncident = Readonly<z.infer<typeof StatusIncident>>;

/**
 * How a target stood when its worker looked last: for whoever has no shell, and while worker and Temporal are down. No secrets: only
 * what `runbook status` tells. Times are ISO 8601, UTC.
 */
export const StatusFile = z.object({
  version: z.literal(VERSION),
  target: text,
  at: z.iso.datetime(),
  /** How often it is written, in ms: what is much older says nothing of now. */
  every: z.number().positive(),
  verdict: Verdict,
  lines: z.array(Line).max(1000),
  figures: z.array(StatusFigure).max(1000),
  /** Those that are open, and then those that ended of late, the newest first. Missing: Temporal has never told. */
  incidents: z.object({ at: z.iso.datetime(), all: z.array(StatusIncident).max(100) }).optional(),
  /** What Temporal said when it answered last, of the policy with this fingerprint. Missing: never. */
  asked: z
    .object({ at: z.iso.datetime(), policy: text, lines: z.array(Line).max(1000) })
    .optional(),
});
export type StatusFile = Readonly<z.infer<typeof StatusFile>>;

type Place = Pick<Target, 'state'>;

/** For its owner only. A reader sees the old one or the new. */
export function writeStatusFile(target: Place, status: Omit<StatusFile, 'version'>): void {
  ensurePrivate(target.state);
  writeDurably(fileIn(target), statusText(status));
}

/** What is written, and what is told to a gateway. */
export function statusText(status: Omit<StatusFile, 'version'>): string {
  return `${JSON.stringify({ version: VERSION, ...status })}\n`;
}

/** Never throws: that it cannot be read is an answer, a sentence for people. */
export function readStatusFile(target: Place): StatusFile | { readonly why: string } {
  try {
    return parsed(contentOf(fileIn(target)));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { why: 'no worker has written how it is' };
    if (code === 'ELOOP') return { why: 'what is there is a symbolic link, which is not followed' };
    return { why: code === undefined ? message : `what is there cannot be read (${code})` };
  }
}

function parsed(content: string): StatusFile | { readonly why: string } {
  const damaged = { why: 'what is there is damaged, or of another version' };
  try {
    return StatusFile.safeParse(JSON.parse(content)).data ?? damaged;
  } catch {
    return damaged;
  }
}

/** Not waited for, whatever lies there. */
function contentOf(file: string): string {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const fd = openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const facts = fstatSync(fd);
    if (!facts.isFile()) throw new Error('what is there is no file');
    if (facts.size > MAX_STATUS_BYTES) throw new Error('what is there is too large');
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}

function fileIn({ state }: Place): string {
  return join(state, 'status.json');
}
