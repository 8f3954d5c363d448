import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';
import { bundleWorkflows } from '../src/worker.ts';

const REPOSITORY = resolve(import.meta.dirname, '..');
/** What Node is started with: by people, or by one of our processes. */
export const PROGRAMS = [
  'cli/main',
  'worker-process/job-process',
  'worker-process/watch-worker',
  'activities/database/sqlite/extensions/extension-process',
  'activities/database/sqlite/indexes/prove-process',
  'activities/database/sqlite/proof/inspect-thread',
  'dev/demo/sample-app',
  'dev/server/published/fetch-file',
  'door/forwarder',
].map((name) => `src/${name}.ts`);

/**
 * Packages of many small files that every command loads: in files of ours, and without what nothing is used of, such as zod's fifty
 * languages, a command starts in two thirds of the processor time.
 */
const BUNDLED = ['commander', 'yaml', 'zod'];

/**
 * Builds the programs of a package below `root`: `src/cli/main.ts` becomes `dist/cli/main.js`, and what several programs
 * need lies in `dist/chunks`. One file is read where there were 300, so a process starts in half the processor time.
 * Other packages stay what they are, in `node_modules`. `others` are programs of tests.
 */
export async function buildPrograms(root: string, others: readonly string[] = []): Promise<void> {
  const programs = [...PROGRAMS, ...others].map((path) => [outputOf(path).slice(0, -3), path]);
  const build = await rolldown({
    cwd: REPOSITORY,
    input: Object.fromEntries(programs),
    platform: 'node',
    external: (id) => /^[^./]/.test(id) && !isBundled(id),
    plugins: [whereItWas],
    logLevel: 'warn',
  });
  await build.write({
    dir: root,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'dist/chunks/[name]-[hash].js',
    sourcemap: true,
    keepNames: true,
  });
  await build.close();
  writeFileSync(join(root, 'dist/LICENSES'), licences());
}

function isBundled(id: string): boolean {
  return BUNDLED.some((name) => id === name || id.startsWith(`${name}/`));
}

/** Whoever copies them must copy these, too. */
function licences(): string {
  return BUNDLED.map((name) => {
    const text = readFileSync(join(REPOSITORY, 'node_modules', name, 'LICENSE'), 'utf8');
    return `${name}\n\n${text.trim()}\n`;
  }).join('\n\n');
}

/** The workflows as one file beside the programs, so that a worker of the package starts at once. Takes as long again. */
export async function buildWorkflows(root: string): Promise<void> {
  const bundle = await bundleWorkflows();
  if (!('code' in bundle)) return;
  const draft = join(root, `dist/workflow-bundle.${process.pid}.part`);
  writeFileSync(draft, bundle.code);
  renameSync(draft, join(root, 'dist/workflow-bundle.js'));
}

/** Where a source lies in the package: `dist/cli/main.js` for `src/cli/main.ts`. */
export function outputOf(source: string): string {
  return source.replace(/^src\//, 'dist/').replace(/\.ts$/, '.js');
}

/** A module that looks for a file beside itself finds it where it lay before modules became one file. */
const whereItWas: Plugin = {
  name: 'where-it-was',
  transform(code, id) {
    if (!code.includes('import.meta')) return null;
    const place = outputOf(relative(REPOSITORY, id));
    return kept(
      code
        .replaceAll('import.meta.url', `${MARK}url(${JSON.stringify(place)})`)
        .replaceAll('import.meta.filename', `${MARK}file(${JSON.stringify(place)})`)
        .replaceAll('import.meta.dirname', `${MARK}file(${JSON.stringify(dirname(place))})`),
    );
  },
  renderChunk(code, { fileName }) {
    if (!code.includes(MARK)) return null;
    const from = (place: string) => JSON.stringify(posix.relative(dirname(fileName), place));
    return kept(
      code.replaceAll(MARKED, (_, kind: string, place: string) =>
        kind === 'url'
          ? `new URL(${from(place)}, import.meta.url).href`
          : `(import.meta.dirname + '/' + ${from(place)})`,
      ),
    );
  },
};

const MARK = '__where_it_was_';
const MARKED = new RegExp(`${MARK}(url|file)\\("([^"]*)"\\)`, 'g');

/** The lines are what they were: so is the source map. */
function kept(code: string) {
  return { code, map: null };
}

if (import.meta.main) {
  rmSync(join(REPOSITORY, 'dist'), { recursive: true, force: true });
  await buildPrograms(REPOSITORY);
  await buildWorkflows(REPOSITORY);
}
