import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { version } from '../../src/config/version.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
const LIST = join(import.meta.dirname, 'released.sha256');
const HISTORIES = ['test/runbooks/*/histories/*.json', 'test/workflows/standing/histories/*.json'];

/** Digests of the saved histories as they are, with their files, relative to the repository. */
export function savedHistories(): ReadonlyMap<string, string> {
  const files = globSync(HISTORIES, { cwd: REPOSITORY }).toSorted();
  return new Map(files.map((file) => [digestOf(join(REPOSITORY, file)), file]));
}

/** The same of those that releases had, in the format of `sha256sum`. Runs of a release may be open for years. */
export function releasedHistories(): ReadonlyMap<string, string> {
  const lines = readFileSync(LIST, 'utf8').trimEnd().split('\n');
  return new Map(lines.map((line) => [line.slice(0, 64), line.slice(66)]));
}

/** Puts the history that a release has aside, as `<ending>.<release>.json`, so that a new recording replaces nothing. `file` may be missing. */
export function keepReleased(file: string): void {
  if (!existsSync(file) || !releasedHistories().has(digestOf(file))) return;
  renameSync(file, file.replace(/\.json$/, `.${version}.json`));
}

function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

// A release: whatever is saved now is kept from now on.
if (import.meta.main)
  writeFileSync(LIST, [...savedHistories()].map((line) => `${line.join('  ')}\n`).join(''));
