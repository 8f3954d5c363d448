import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildPrograms } from '../../scripts/build.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The package as it would be shipped from these sources, and programs of tests beside it. See `built`. */
    built: string;
  }
}

/** Programs of tests that are started many times. */
const PROGRAMS = [
  'test/support/worker-process.ts',
  'test/support/hold-claim.ts',
  'test/support/hold-host-claim.ts',
  'test/activities/files/support/act.ts',
  'test/activities/logs/support/act.ts',
  'test/activities/logs/support/review.ts',
  'test/activities/database/support/act.ts',
];
const REPOSITORY = resolve(import.meta.dirname, '../..');
const BUILT = join(REPOSITORY, '.runbook/built');
const KEPT_DAYS = 1;

/** Builds the package once for the same sources, however many runs of tests want it at the same time. */
export default async function setup(project: TestProject): Promise<void> {
  const root = await buildOnce();
  utimesSync(root, new Date(), new Date());
  project.provide('built', root);
}

/** Answers the directory of the package. Its workflows are bundled by whoever needs a worker. */
export function buildOnce(): Promise<string> {
  return (once ??= buildIfMissing());
}

/** Somebody may edit the sources meanwhile: a run has one package. */
let once: Promise<string> | undefined;

async function buildIfMissing(): Promise<string> {
  const root = join(BUILT, fingerprintOf(['package-lock.json', ...sources()]));
  if (!existsSync(root)) await build(root);
  return root;
}

async function build(root: string): Promise<void> {
  mkdirSync(BUILT, { recursive: true });
  removeOld();
  const draft = mkdtempSync(join(BUILT, 'draft-'));
  await buildPrograms(draft, PROGRAMS);
  cpSync(join(REPOSITORY, 'package.json'), join(draft, 'package.json'));
  mkdirSync(join(draft, 'src/dev'), { recursive: true });
  for (const path of ['src/dev/temporal', 'targets', 'docs', 'deploy'])
    symlinkSync(join(REPOSITORY, path), join(draft, path));
  try {
    renameSync(draft, root);
  } catch (error) {
    // Another run was as fast.
    if (!existsSync(root)) throw error;
    rmSync(draft, { recursive: true });
  }
}

function removeOld(): void {
  for (const name of readdirSync(BUILT)) {
    const days = (Date.now() - statSync(join(BUILT, name)).mtimeMs) / 86_400_000;
    if (days > KEPT_DAYS) rmSync(join(BUILT, name), { recursive: true, force: true });
  }
}

function sources(): string[] {
  return globSync(['{src,scripts}/**/*.ts', 'test/**/support/**/*.ts', 'package.json'], {
    cwd: REPOSITORY,
  }).toSorted();
}

function fingerprintOf(paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(`${path}\0`).update(readFileSync(join(REPOSITORY, path)));
  return hash.digest('hex').slice(0, 16);
}
