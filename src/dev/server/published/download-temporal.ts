import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { execa } from 'execa';
import { extract } from 'tar';
import type { Progress } from '../progress.ts';
import { type TemporalArchive, temporalArchive } from './temporal-archives.ts';
import { readPins } from '../temporal-module.ts';
import { whileWaiting } from '../while-waiting.ts';

/**
 * Fetches the published Temporal CLI into `destination`. Nothing of it is unpacked, and so nothing started, before the archive has the
 * hash that stands in our source. It works in a directory of its own, so nothing incomplete is ever taken for the executable.
 */
export async function downloadTemporal(
  destination: string,
  { onProgress }: Progress,
  archive?: TemporalArchive,
): Promise<string> {
  const { cli } = await readPins();
  const { url, sha256 } = archive ?? temporalArchive(cli);
  await mkdir(dirname(destination), { recursive: true });
  const directory = await mkdtemp(`${destination}.download-`);
  onProgress(`Downloading the Temporal server ${cli}`);
  try {
    const packed = join(directory, 'archive');
    await whileWaiting(fetchInto(packed, url), (seconds) =>
      onProgress(`Downloading the Temporal server: ${seconds} s`),
    );
    const found = createHash('sha256')
      .update(await readFile(packed))
      .digest('hex');
    if (found !== sha256) throw new Error(`${url} has sha256 ${found}, and should have ${sha256}`);

    await extract({ file: packed, cwd: directory, strict: true }, ['temporal']);
    const file = join(directory, 'temporal');
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

/** In a process of its own: only there may Node be told to heed HTTPS_PROXY. */
async function fetchInto(file: string, url: string): Promise<void> {
  const script = join(import.meta.dirname, `fetch-file${extname(import.meta.filename)}`);
  const child = execa(process.execPath, [script, url, file], {
    env: { NODE_USE_ENV_PROXY: '1' },
    reject: false,
    timeout: LIMIT,
    stdin: 'ignore',
    maxBuffer: 100_000,
  });
  const timeout = setTimeout(() => {
    if (!existsSync(file)) child.kill();
  }, FIRST_BYTE_LIMIT);
  const { stderr, timedOut, exitCode } = await child;
  clearTimeout(timeout);
  if (exitCode !== 0) throw new Error(whyNot(stderr, timedOut));
}

function whyNot(stderr: string, timedOut: boolean): string {
  if (timedOut) return `not complete after ${LIMIT / 60_000} minutes`;
  return stderr.trim().split('\n').at(-1) || `no answer within ${FIRST_BYTE_LIMIT / 1000} s`;
}
