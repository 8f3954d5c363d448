import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Run as a process by `downloadTemporal`, where Node heeds the proxy of the environment: fetches a URL into a file. */
async function fetchFile(url: string, file: string): Promise<void> {
  const response = await fetch(url);
  if (!response.ok || !response.body) throw new Error(`HTTP ${response.status} from ${url}`);
  await pipeline(
    Readable.fromWeb(response.body),
    createWriteStream(file, { flags: 'wx', mode: 0o600 }),
  );
}

const [url, file] = process.argv.slice(2);
try {
  await fetchFile(url!, file!);
} catch (error) {
  const { message, cause } = error as Error;
  process.stderr.write(`${cause instanceof Error ? cause.message : message}\n`);
  process.exitCode = 1;
}
