import { globSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../src/client/catalogue.ts';
import { areaOf, folderOf, type Import, importsOf } from './support/imports-of.ts';

/**
 * Who may import whom: areas (the first level of src), or single folders of them (the second). `type` means types only.
 * Every row lets its area import itself, and what a folder's own row says comes on top of its area's.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  config: [],
  figures: ['config'],
  os: ['config/text', 'type config'],
  state: ['config', 'os', 'figures'],
  incident: ['config'],
  notify: ['config', 'os', 'incident'],
  activities: ['config', 'os', 'state', 'figures', 'type incident'],
  'activities/channels': ['notify'],
  'activities/drill': ['type report'],
  'activities/records': ['report'],
  'activities/served-by-worker': ['client', 'incident', 'notify', 'type report'],
  engine: ['config', 'incident', 'type os', 'type state', 'type activities'],
  workflows: ['engine', 'config', 'figures', 'incident', 'type state', 'type activities'],
  report: ['config/text', 'figures', 'type engine/run', 'type incident', 'type state'],
  door: ['config'],
  client: ['workflows', 'engine', 'config', 'incident', 'door'],
  gateway: ['client', 'config', 'figures', 'incident', 'report', 'state'],
  dev: ['config', 'door'],
  'worker-process': ['activities', 'state', 'os', 'type config'],
  worker: ['worker-process', 'activities', 'figures', 'notify', 'config', 'state'],
  'worker/arguments': ['incident'],
  cli: ['client', 'report', 'config', 'figures', 'type engine', 'door'],
  'cli/input': ['activities/backups'],
  'cli/local': ['activities', 'state', 'os', 'incident'],
  'cli/serve': ['worker', 'gateway', 'dev', 'state', 'os', 'incident'],
  'cli/verbs': ['worker', 'dev', 'activities', 'state', 'notify', 'incident'],
};

/** From the ground up: a folder imports only what stands on a floor below its own, be it a value or a type. */
const floors: readonly (readonly string[])[] = [
  ['config/text'],
  ['config/time', 'report'],
  ['config/border', 'config/schema', 'report/html'],
  ['incident/members'],
  ['config', 'config/calendar', 'config/links', 'incident'],
  ['figures', 'incident/beside'],
  ['config/load', 'door', 'os'],
  ['os/files', 'door/ui'],
  ['os/env-file', 'os/process', 'notify/channels'],
  ['os/sign', 'os/owner', 'notify'],
  ['state/audit'],
  ['state', 'state/figures', 'activities/artefact', 'activities/redis'],
  ['activities/runtime'],
  ['activities/alerts', 'activities/automation', 'activities/containment'],
  ['activities/channels', 'activities/dependencies', 'activities/evidence', 'activities/logs'],
  ['activities/database'],
  ['activities/app', 'activities/backups', 'activities/figures', 'activities/host'],
  ['activities/files', 'activities/health', 'activities/lifecycle', 'engine/run'],
  ['activities/proxy', 'activities/troubleshoot', 'engine/border'],
  ['engine/people', 'engine/systems'],
  ['engine/steps', 'engine/target'],
  ['engine'],
  ['report/ledger', 'report/performance', 'workflows/parts', 'workflows/standing'],
  ['report/run', 'workflows/backup', 'workflows/recovery', 'workflows/troubleshooting'],
  ['workflows/health', 'workflows/lifecycle', 'workflows/maintenance', 'workflows/security'],
  ['report/incident', 'workflows/incident'],
  ['activities/drill', 'activities/records', 'workflows'],
  ['activities', 'client', 'client/connection'],
  ['client/runs', 'client/schedules', 'client/serving', 'worker-process'],
  ['client/incidents', 'gateway/alerts'],
  ['activities/served-by-worker', 'gateway/intake'],
  ['worker/arguments', 'gateway/routes', 'dev/server'],
  ['worker'],
  ['gateway', 'dev/demo'],
  ['cli/output', 'cli/manual'],
  ['cli/input'],
  ['cli/local', 'cli/run'],
  ['cli/serve'],
  ['cli/verbs'],
  ['cli'],
];

/** A workflow knows every activity by its type, and none by its value: what runs it stands far above. */
const isActivityType = ({ from, to, kind }: Import): boolean =>
  kind === 'type' && /^(engine|workflows)(\/|$)/.test(from) && areaOf(to) === 'activities';

/** Folders that may hold more files, and why. */
const large: Readonly<Record<string, string>> = {
  'src/cli/verbs': 'one file for each verb of the command line, found by the verb',
};

const files = globSync('src/**/*.ts');
const imports = files.flatMap(importsOf);

describe('imports', () => {
  test('go only where the table lets them', () => {
    const wrong = imports.filter(({ from, to, kind }) => {
      const allowed = [...(mayImport[areaOf(from)] ?? []), ...(mayImport[from] ?? [])];
      const names = [to, areaOf(to)];
      return (
        areaOf(from) !== areaOf(to) &&
        !names.some((name) => allowed.includes(name) || isAllowedAsType(name))
      );

      function isAllowedAsType(name: string): boolean {
        return kind === 'type' && allowed.includes(`type ${name}`);
      }
    });

    expect(imports.length).toBeGreaterThan(1000);
    expect(wrong.map(asText)).toEqual([]);
  });

  test('go down from floor to floor', () => {
    const wrong = imports
      .filter((one) => one.from !== one.to && !isActivityType(one))
      .filter(({ from, to }) => floorOf(from) <= floorOf(to));

    expect(wrong.map(asText)).toEqual([]);
  });

  test('join no two folders in both directions', () => {
    const arrows = new Set(imports.map(({ from, to }) => `${from} ${to}`));
    const pairs = imports.filter(
      ({ from, to }) => from < to && arrows.has(`${from} ${to}`) && arrows.has(`${to} ${from}`),
    );

    expect(pairs.map(asText)).toEqual([]);
  });

  test('keep Node out of the sandbox', () => {
    const sandboxed = files.filter((file) => /^src\/(engine|incident|workflows)\//.test(file));
    const wrong = sandboxed.filter((file) =>
      /from '(node:|execa|better-sqlite3|ioredis)/.test(read(file)),
    );

    expect(sandboxed.length).toBeGreaterThan(50);
    expect(wrong).toEqual([]);
  });
});

describe('a folder', () => {
  const folders = new Set(files.map(folderOf));

  test('stands on one floor', () => {
    const named = floors.flat();
    const twice = named.filter((folder, index) => named.indexOf(folder) !== index);

    expect([...folders].filter((folder) => !named.includes(folder))).toEqual([]);
    expect(twice).toEqual([]);
  });

  test('is there when a table names it, or is a family that waits for its first runbook', () => {
    const named = [...floors.flat(), ...Object.keys(mayImport)];
    const there = new Set([...folders, ...[...folders].map(areaOf)]);
    const missing = named.filter((folder) => !there.has(folder) && areaOf(folder) !== 'workflows');

    expect(missing).toEqual([]);
  });

  test('holds no more than 16 loose files', () => {
    const counts = new Map<string, number>();
    for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
    const full = [...counts].filter(([folder, count]) => count > 16 && !(folder in large));

    expect(full).toEqual([]);
  });
});

describe('ARCHITECTURE.md', () => {
  const page = read('ARCHITECTURE.md');
  const map = page.match(/```\n(config\/time.*?)```/s)![1]!;
  const listed = [...map.matchAll(/^([a-z][\w/<>-]*) /gm)].map(([, folder]) => folder!);
  const isFamily = (folder: string) => /^workflows\/(?!parts|standing)/.test(folder);
  const placeOf = (folder: string) =>
    listed.indexOf(isFamily(folder) ? 'workflows/<family>' : folder);

  test('names every folder, and each below what it imports', () => {
    const folders = [...new Set(files.map(folderOf))];
    const unnamed = folders.filter((folder) => placeOf(folder) === -1);
    const gone = listed.filter((folder) => !isFamily(folder) && !folders.includes(folder));
    const wrong = imports
      .filter((one) => !isActivityType(one))
      .filter(({ from, to }) => placeOf(from) < placeOf(to));

    expect([...unnamed, ...gone]).toEqual([]);
    expect(wrong.map(asText)).toEqual([]);
  });

  test('is read in ten minutes', () => {
    expect(page.split(/\s+/).length).toBeLessThanOrEqual(2000);
  });
});

describe('a runbook', () => {
  const runbooks = globSync('src/workflows/*/*.ts').filter(
    (file) => !/^src\/workflows\/(parts|standing)\//.test(file),
  );

  test('is exported by the catalogue under the name of its file', () => {
    const catalogue = read('src/workflows/index.ts');
    const missing = runbooks.filter((file) => {
      const [family, name] = file.split('/').slice(-2) as [string, string];
      const word = name.replace('.ts', '');
      const exported = word.includes('-') ? `as '${word}' }` : `{ ${word} }`;
      return !catalogue.includes(`${exported} from './${family}/${name}'`);
    });

    expect(missing).toEqual([]);
  });

  test('is all that the catalogue exports, each from the folder of its family', () => {
    const expected = [...catalogue].map(
      ([name, { family }]) => `src/workflows/${family}/${name}.ts`,
    );

    expect(runbooks.toSorted()).toEqual(expected.toSorted());
  });

  test('knows its own name, by which a parent starts it', () => {
    const named = [...catalogue].map(([name, { name: own }]) => [name, own]);

    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(([name, own]) => name !== own)).toEqual([]);
  });
});

describe('a file', () => {
  test('has no more than 250 lines', () => {
    const long = [...files, ...globSync('test/**/*.ts')].filter(
      (file) => read(file).split('\n').length > 251,
    );

    expect(long).toEqual([]);
  });
});

function floorOf(folder: string): number {
  return floors.findIndex((floor) => floor.includes(folder));
}

function asText({ file, to, kind }: Import): string {
  return `${file} -> ${to} (${kind})`;
}

function read(file: string): string {
  return readFileSync(file, 'utf8');
}
