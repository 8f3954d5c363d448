import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogFile } from '../../../config/schema/logs.ts';
import type { Target } from '../../../config/schema/target.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import { permanent } from '../../../os/failure.ts';
import { isSameFile, isThere } from '../../../os/files/file-facts.ts';
import type { Generation } from '../file/generations.ts';
import { asText, type Writer, writersOf } from '../file/writers.ts';
import { type Receiver, receiverOf } from './receiver.ts';
import { renameLog } from './rename.ts';

type Policy = NonNullable<LogFile['rotate']>;

interface HandedOver {
  readonly changed: boolean;
  readonly remarks: readonly string[];
}

/**
 * Renames a log, and sees to it that its application takes up the new file. Nothing moves before it is certain who is to
 * be signalled. Errors: `LogHeld`, `NoReceiver`.
 */
export async function handOver(
  target: Target,
  live: string,
  rotated: string,
  policy: Policy,
): Promise<HandedOver> {
  const { reopen, by } = policy;
  const moved = isThere(rotated) && !isSameFile(live, rotated);
  const { writers, blind } = writersOf(moved ? rotated : live);
  if (by === 'rename' && !reopen && !moved && writers.length > 0)
    throw permanent(
      'LogHeld',
      `${asText(writers)} has it open, and "rotate" does not say how it takes up a new file`,
    );
  const remarks: string[] = [];
  let receiver: Receiver | undefined;
  try {
    const { kind } = target.runtime;
    // In a container nobody may be seen, and a signal too many harms nobody.
    const isNeeded = writers.length > 0 || (blind && kind === 'compose' && !reopen?.pidFile);
    if (reopen && isNeeded) receiver = await receiverOf(target, reopen, writers);
  } catch (error) {
    if (!moved) throw error;
    remarks.push((error as Error).message);
  }
  const { changed } = renameLog(live, rotated);
  await receiver?.send();
  if (by === 'rename') {
    const still = await untilReleased(rotated, inMilliseconds(reopen?.within ?? '0s'));
    if (still.length > 0) remarks.push(heldText(live, rotated, still));
  }
  return { changed, remarks };
}

/** What must be said of the newest rotated file: somebody writes on into it, and nothing into the log. */
export function stillWritten(live: string, newest: Generation | undefined): string[] {
  if (newest?.plain === undefined || !isThere(live)) return [];
  const { writers } = writersOf(newest.plain);
  // Who checks at each line for a new file has the old one open until the next.
  const since = statSync(newest.plain).mtimeMs - statSync(live).birthtimeMs;
  return writers.length > 0 && since > 1000 ? [heldText(live, newest.plain, writers)] : [];
}

async function untilReleased(rotated: string, timeout: number): Promise<readonly Writer[]> {
  const end = performance.now() + timeout;
  for (let pause = 10; ; pause = Math.min(pause * 1.5, 250)) {
    const { writers } = writersOf(rotated);
    if (writers.length === 0 || performance.now() >= end) return writers;
    await sleep(pause);
  }
}

function heldText(live: string, rotated: string, writers: readonly Writer[]): string {
  return `${asText(writers)} still writes into "${basename(rotated)}": its lines come into "${basename(live)}" only when it has been restarted`;
}
