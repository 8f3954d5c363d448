import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { importedBy } from '../support/imports-of.ts';

/** Registries: what they name is reached by name, as far as a runbook uses it. */
const REGISTRIES = new Set(['src/activities/index.ts', 'src/workflows/index.ts']);

/** The engine, what runs it, and what plays the cells: files that every runbook reaches. */
export function engineReach(): readonly string[] {
  return reachOf([
    'src/engine/define-runbook.ts',
    'src/engine/interceptors.ts',
    'src/worker.ts',
    ...globSync('src/worker-process/*.ts'),
    ...globSync('test/faults/*.ts').filter((file) => !file.endsWith('.test.ts')),
  ]);
}

/** The same, with the runbook itself, its example world, and every system whose activities its recorded histories name. */
export function runbookReach(runbook: string): readonly string[] {
  const own = [
    ...globSync(`src/workflows/*/${runbook}.ts`),
    ...globSync(`test/runbooks/${runbook}/*.ts`).filter((file) => !file.endsWith('.test.ts')),
  ];
  return [...new Set([...engineReach(), ...reachOf([...own, ...systemsOf(runbook)])])].toSorted();
}

/** One hash of the content of files, and of the packages that they run on. 16 hex digits. */
export function hashOf(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of [...files, 'package-lock.json'].toSorted())
    hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  return hash.digest('hex').slice(0, 16);
}

/** Files, and whatever they import of ours, as values or types. */
function reachOf(roots: readonly string[]): string[] {
  const reached = new Set<string>();
  const next = [...roots];
  for (let file = next.pop(); file !== undefined; file = next.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    if (!REGISTRIES.has(file)) next.push(...importedBy(file), ...startedBy(file));
  }
  return [...reached].toSorted();
}

/** What is started as a process or a thread of its own, by its name beside the module. */
function startedBy(file: string): string[] {
  const names = readFileSync(file, 'utf8').matchAll(/new URL\(['`]([\w./-]+?)(?:\.ts'|\$\{)/g);
  return [...names].map(([, name]) => join(dirname(file), `${name}.ts`)).filter(existsSync);
}

/** The modules of the systems that a runbook's histories name, as the registry imports them. */
function systemsOf(runbook: string): string[] {
  const registry = readFileSync('src/activities/index.ts', 'utf8');
  const histories = globSync(`test/runbooks/${runbook}/histories/*.json`);
  const names = histories.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/"activityType":\s*\{\s*"name":\s*"(\w+)\./g)].map(
      ([, system]) => system!,
    ),
  );
  return [...new Set(names)].flatMap((system) => {
    const [, maker] = new RegExp(`\\b${system}: (\\w+)\\(`).exec(registry) ?? [];
    const [, path] = new RegExp(`\\b${maker} \\} from '(.+?)'`).exec(registry) ?? [];
    if (maker !== undefined && path !== undefined) return [join('src/activities', path)];
    // What the worker serves itself, and no step calls.
    return globSync(`src/activities/{served-by-worker,${system}}/*.ts`);
  });
}
