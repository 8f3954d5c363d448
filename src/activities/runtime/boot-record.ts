import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Target } from '../../config/schema/target.ts';
import { writeDurably } from '../../os/files/durable-files.ts';
import { ensurePrivate } from '../../os/files/ensure-private.ts';
import { bootOfStart } from './start-record.ts';

const BootRecord = z.object({ boot: z.string() });

type Place = Pick<Target, 'state'>;

/**
 * The start of the machine (`boot-id.ts`) after which a worker has last seen to what the target lacked. Undefined: it was never served
 * from here, so nothing ran here before, as far as we know.
 */
export function lastBoot(place: Place): string | undefined {
  try {
    return BootRecord.parse(JSON.parse(readFileSync(fileIn(place), 'utf8'))).boot;
  } catch {
    // One that cannot be read says no more than none: what we have started ourselves is known all the same.
    return bootOfStart(place);
  }
}

export function noteBoot(place: Place, boot: string): void {
  ensurePrivate(place.state);
  writeDurably(fileIn(place), `${JSON.stringify({ boot } satisfies z.infer<typeof BootRecord>)}\n`);
}

function fileIn({ state }: Place): string {
  return join(state, 'boot.json');
}
