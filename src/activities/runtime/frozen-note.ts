import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from '../../config/schema/target.ts';
import { writeDurably } from '../../os/files/durable-files.ts';
import { ensurePrivate } from '../../os/files/ensure-private.ts';

type Place = Pick<Target, 'state'>;

/** Written before the application is frozen: informs whoever finds it hanging that it is held still, and by which run. */
export function noteFrozen({ state }: Place, run: string | undefined): void {
  ensurePrivate(state);
  const since = new Date().toISOString();
  writeDurably(fileIn(state), `${JSON.stringify({ run, since })}\n`);
}

export function isFrozen({ state }: Place): boolean {
  return existsSync(fileIn(state));
}

export function noteThawed({ state }: Place): void {
  rmSync(fileIn(state), { force: true });
}

function fileIn(state: string): string {
  return join(state, 'frozen.json');
}
