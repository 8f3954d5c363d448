import { open } from 'node:fs/promises';

/** No line of a log is worth more of a run's history than this. */
const MAX_LENGTH = 2000;
const MAX_BYTES = 512 * 1024;

/** The last lines of a log file, oldest first, from byte `from` on. A file that is not there has none. */
export async function lastLines(file: string, lines: number, from = 0): Promise<string[]> {
  const handle = await open(file).catch((error: { code?: string }) => {
    if (error.code === 'ENOENT') return;
    throw error;
  });
  if (!handle) return [];
  try {
    const { size } = await handle.stat();
    // Rotated meanwhile: what is there now is all new.
    const begin = Math.max(from > size ? 0 : from, size - MAX_BYTES);
    const { buffer, bytesRead } = await handle.read(
      Buffer.alloc(size - begin),
      0,
      size - begin,
      begin,
    );
    return splitLines(buffer.toString('utf8', 0, bytesRead), lines);
  } finally {
    await handle.close();
  }
}

/** The last lines of a text, none longer than a history should carry. */
export function splitLines(text: string, lines: number): string[] {
  const all = text.split(/\r?\n/);
  if (all.at(-1) === '') all.pop();
  return all
    .slice(-lines || all.length)
    .map((line) => (line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}...` : line));
}
