import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';
import { bundleWorkflows } from '../src/worker.ts';

const REPOSITORY = resolve(import.meta.dirname, '..');
/** What Node is started with: by people, or by one of our processes. */
export const PROGRAMS = [
  'cli/main',
  'worker-process/job-process',
  'worker-process/watch-worker',
  'worker/upgrade/replay-process',
  'activities/database/sqlite/extensions/extension-process',
  'activities/database/sqlite/indexes/prove-process',
  'activities/database/sqlite/proof/inspect-thread',
  'dev/data/copy-process',
  'dev/demo/sample-app',
  'dev/server/published/fetch-file',
  'cli/local/metrics/beside-process',
  'door/forwarder',
].map((name) => `src/${name}.ts`);

/**
 * Packages of many small files that commands load: in files of ours, and without what nothing is used of, such as zod's fifty
 * languages, a command starts in two thirds of the processor time, and one that asks Temporal in three quarters of what is left. What
 * runs in a worker stays outside: it shares state with `@temporalio/worker`, which holds native code.
 */
const BUNDLED = [
  'commander',
  'yaml',
  'zod',
  '@temporalio/client',
  '@temporalio/common',
  '@temporalio/envconfig',
  '@temporalio/proto',
  '@temporalio/workflow',
  '@grpc/grpc-js',
  '@grpc/proto-loader',
  '@js-sdsl/ordered-map',
  'long',
  'nexus-rpc',
  'protobufjs',
  'uuid',
];

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
  const { output } = await build.write({
    dir: root,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'dist/chunks/[name]-[hash].js',
    sourcemap: true,
    keepNames: true,
  });
  await build.close();
  const modules = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
  writeFileSync(join(root, 'dist/LICENSES'), licencesOf(modules));
}

function isBundled(id: string): boolean {
  return BUNDLED.some((name) => id === name || id.startsWith(`${name}/`));
}

/** Of every package that lies in our files: whoever copies it must copy these, too. */
function licencesOf(modules: readonly string[]): string {
  const packages = modules.flatMap((id) => PACKAGE.exec(id)?.[0] ?? []);
  return [...new Set(packages)]
    .toSorted()
    .map((path) => {
      const file = readdirSync(path).find((name) => /^licen[cs]e(\.|$)/i.test(name));
      if (file === undefined) throw new Error(`Cannot bundle "${path}": it has no licence`);
      const name = path.split('node_modules/').at(-1);
      return `${name}\n\n${readFileSync(join(path, file), 'utf8').trim()}\n`;
    })
    .join('\n\n');
}

const PACKAGE = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/;

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
