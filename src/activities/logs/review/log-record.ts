import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { Target } from '../../../config/schema/target.ts';
import { writeDurably } from '../../../os/files/durable-files.ts';
import { Cursor } from '../read/cursor.ts';
import { Hours } from './tally.ts';

/** What is known of a log: how far each of its files has been read, and what was counted until there. They are written as one. */
const LogRecord = z.object({
  version: z.literal(1),
  file: z.string(),
  /** From when on all lines are counted: the beginning of an hour. In ms since 1970. */
  since: z.number(),
  /** The newest stamp that was ever read. In ms since 1970. */
  newest: z.number().optional(),
  cursors: z.array(Cursor),
  hours: Hours,
});
export type LogRecord = z.infer<typeof LogRecord>;

/** In `<state>/log-review`. `unreadable`: somebody spoilt it, and it is begun anew. */
export function openLogRecord({ state }: Pick<Target, 'state'>, file: string) {
  const name = `${basename(file)}-${createHash('sha256').update(file).digest('hex').slice(0, 8)}.json`;
  const directory = join(state, 'log-review');
  const place = join(directory, name);
  return {
    read(): LogRecord | 'unreadable' | undefined {
      try {
        return LogRecord.parse(JSON.parse(readFileSync(place, 'utf8')));
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT') return undefined;
        if (error instanceof SyntaxError || error instanceof z.ZodError) return 'unreadable';
        throw error;
      }
    },
    write(record: LogRecord): void {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      writeDurably(place, JSON.stringify(record));
    },
  };
}
