import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base } from 'vitest';
import { loadTarget } from '../../src/config/load/load.ts';
import type { UsageError } from '../../src/config/usage-error.ts';

/** An empty directory of targets for every test. */
export const test = base.extend<{ directory: string }>({
  directory: async ({}, use) => {
    const directory = await mkdtemp(join(tmpdir(), 'targets-'));
    await use(directory);
    await rm(directory, { recursive: true, force: true });
  },
});

const SMALL = {
  directory: '.',
  runtime: '{ kind: process, command: [shop] }',
  app: '{ url: http://localhost/, health: http://localhost/health }',
  database: '{ kind: sqlite, file: shop.db, keyTable: orders }',
};

type Keys = Readonly<Record<string, string>>;

/** A small target of five lines; each further key is one line more. */
export function yaml(name: string, keys: Keys = {}): string {
  return Object.entries({ name, ...SMALL, ...keys })
    .map(([key, value]) => `${key}: ${value}`)
    .join('\n');
}

export function write(directory: string, name: string, keys: Keys = {}): Promise<void> {
  return writeFile(join(directory, `${name}.yaml`), yaml(name, keys));
}

export function errorOf(directory: string, name: string): UsageError {
  try {
    loadTarget(name, directory);
  } catch (error) {
    return error as UsageError;
  }
  throw new Error(`"${name}" has no fault`);
}

/** One sentence each, with FILE for the file's path. */
export function faultsOf(directory: string, name: string): string[] {
  const file = join(directory, `${name}.yaml`);
  return errorOf(directory, name).message.replaceAll(file, 'FILE').split('\n');
}
