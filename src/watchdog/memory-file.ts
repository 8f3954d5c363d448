import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePrivate } from '../os/files/ensure-private.ts';
import { writeDurably } from '../os/files/durable-files.ts';
import { Memory } from './memory.ts';

/** What is remembered of a target. One that cannot be read is none: people hear of what is wrong once more. */
export function openMemoryFile(state: string) {
  const file = join(state, 'watchdog.json');
  let written: string | undefined;
  return {
    read(): Memory {
      if (!existsSync(file)) return {};
      try {
        return Memory.parse(JSON.parse(readFileSync(file, 'utf8')));
      } catch {
        return {};
      }
    },
    /** A disk that is full keeps nobody from being told: then it is remembered by this process alone. */
    write(memory: Memory): void {
      const text = JSON.stringify(memory);
      if (text === written) return;
      try {
        ensurePrivate(state);
        writeDurably(file, text);
        written = text;
      } catch {
        written = undefined;
      }
    },
  };
}
