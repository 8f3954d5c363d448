import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Target } from '../../config/schema/target.ts';
import { ensurePrivate } from '../../os/files/ensure-private.ts';

/** What the review of an incident has taught whoever runs some runbooks. B: "Update runbook with learnings". */
export const Learned = z.strictObject({
  /** When the review was handed in: ISO 8601, UTC. */
  at: z.iso.datetime(),
  /** `incident/<target>/<fingerprint>` */
  incident: z.string().min(1).max(1000),
  /** Who says so. */
  by: z.string().min(1).max(1100),
  text: z.string().min(1).max(5000),
  /** Names of runbooks. */
  runbooks: z.array(z.string().min(1).max(200)).min(1).max(10),
});
export type Learned = z.infer<typeof Learned>;

type Place = Pick<Target, 'state'>;

/** Keeps it beside the target, once. It is there after a power cut. */
export function addLearned(target: Place, learned: Learned): void {
  const isSame = ({ at, incident, text }: Learned) =>
    at === learned.at && incident === learned.incident && text === learned.text;
  if (readLearned(target).some(isSame)) return;
  ensurePrivate(target.state);
  // Two reviews may be handed in at once: each is a line, and none is written over.
  const fd = openSync(fileIn(target), 'a', 0o600);
  try {
    writeSync(fd, `\n${JSON.stringify(learned)}`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** The oldest first. What cannot be read, such as a line that a power cut left half written, hides nothing else. */
export function readLearned(target: Place): Learned[] {
  return textOf(fileIn(target))
    .split('\n')
    .flatMap((line) => {
      try {
        return Learned.safeParse(JSON.parse(line)).data ?? [];
      } catch {
        return [];
      }
    });
}

/** Of one runbook, the newest first. */
export function learnedFor(target: Place, runbook: string): Learned[] {
  return readLearned(target)
    .filter(({ runbooks }) => runbooks.includes(runbook))
    .toReversed();
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function fileIn({ state }: Place): string {
  return join(state, 'learned.jsonl');
}
