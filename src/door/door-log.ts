import { appendFileSync, renameSync, statSync } from 'node:fs';

const LIMIT = 5_000_000;
/** In a minute. Whoever is refused writes here: that must not fill a disk. */
const MAX_LINES = 120;

/** Who came through a door, and who was refused. A log that cannot be written keeps nobody out. */
export function openDoorLog(file: string): { write(line: string): void } {
  let minute = 0;
  let lines = 0;
  return {
    write(line) {
      const now = new Date();
      const current = Math.floor(now.getTime() / 60_000);
      if (current !== minute) [minute, lines] = [current, 0];
      if (++lines > MAX_LINES) return;
      const text = lines === MAX_LINES ? `${line}; more of this minute is left out` : line;
      try {
        if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LIMIT)
          renameSync(file, `${file}.1`);
        appendFileSync(file, `${now.toISOString()} ${text}\n`, { mode: 0o600 });
      } catch {
        // See above.
      }
    },
  };
}
