import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Target } from '../config/schema/target.ts';
import { isThere } from '../os/files/file-facts.ts';

/** What one drill showed. */
export interface DrillRecord {
  /** The workflow id. */
  readonly run: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly verdict: 'proven' | 'failed' | 'inconclusive';
  readonly backup: string;
  /** From the order to restore until the application was ready: the measured recovery time. */
  readonly rtoMilliseconds?: number;
  /** The age of the newest verified backup: what would have been lost. */
  readonly rpoMilliseconds: number;
  readonly findings: readonly string[];
  /** What of its backups could not be judged where it ran: sentences. */
  readonly unproven?: readonly string[];
}

/** Adds a drill, once. */
export function addDrill(target: Pick<Target, 'state'>, drill: DrillRecord): void {
  if (readDrills(target).some(({ run }) => run === drill.run)) return;
  const file = fileIn(target);
  mkdirSync(dirname(file), { recursive: true });
  const fd = openSync(file, 'a', 0o600);
  try {
    writeSync(fd, `\n${JSON.stringify(drill)}`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** The oldest first. A line that a power cut left half written is none. */
export function readDrills(target: Pick<Target, 'state'>): DrillRecord[] {
  const file = fileIn(target);
  if (!isThere(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line): DrillRecord[] => {
      try {
        return line ? [JSON.parse(line) as DrillRecord] : [];
      } catch {
        return [];
      }
    });
}

function fileIn({ state }: Pick<Target, 'state'>): string {
  return join(state, 'drills.jsonl');
}
