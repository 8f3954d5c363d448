import { readdirSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { execa } from 'execa';
import type { Progress } from './progress.ts';
import { readPins } from './temporal-module.ts';
import { whileWaiting } from './while-waiting.ts';

/**
 * Fetches the published Temporal CLI into `destination` through the SDK's own downloader.
 * It works in a directory of its own, so nothing incomplete is ever taken for the executable.
 */
export async function downloadTemporal(
  destination: string,
  { onProgress }: Progress,
): Promise<string> {
  const { cli } = await readPins();
  await mkdir(dirname(destination), { recursive: true });
  const directory = await mkdtemp(`${destination}.download-`);
  onProgress(`Downloading the Temporal server ${cli}`);
  try {
    const file = await whileWaiting(fetchInto(directory, cli), (seconds) =>
      onProgress(`Downloading the Temporal server: ${seconds} s`),
    );
    await chmod(file, 0o755);
    await rename(file, destination);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  return destination;
}

/** A firewall that swallows packets looks like a slow server: nothing at all by then means no way out. */
const FIRST_BYTE_LIMIT = 20_000;
const LIMIT = 5 * 60_000;

/** The downloader belongs to a native runtime that a process can configure only once: it gets its own process. */
async function fetchInto(directory: string, version: string): Promise<string> {
  const script = join(import.meta.dirname, `trigger-download${extname(import.meta.filename)}`);
  const child = execa(process.execPath, [script, directory, version], {
    reject: false,
    timeout: LIMIT,
    stdin: 'ignore',
    maxBuffer: 100_000,
  });
  const timeout = setTimeout(() => {
    if (readdirSync(directory).length === 0) child.kill();
  }, FIRST_BYTE_LIMIT);
  const { stderr, timedOut } = await child;
  clearTimeout(timeout);
  // The SDK renames it to this once it is complete. Whether it could also start it is not our question.
  const [file] = (await readdir(directory)).filter((name) => !name.endsWith('.downloading'));
  if (file) return join(directory, file);
  throw new Error(whyNot(stderr, timedOut));
}

function whyNot(stderr: string, timedOut: boolean): string {
  if (timedOut) return `not complete after ${LIMIT / 60_000} minutes`;
  const sentence = stderr.trim().split('\n').at(-1) ?? '';
  return sentence.split(': ').at(-1) || `no answer within ${FIRST_BYTE_LIMIT / 1000} s`;
}
