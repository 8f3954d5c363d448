import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createSystems } from '../src/activities/index.ts';
import { catalogue } from '../src/client/catalogue.ts';
import { afterTermination } from '../src/engine/run/after-termination.ts';
import { acts } from '../src/os/acting.ts';
import type { FaultName } from './faults/faults.ts';
import { readPage } from './faults/page.ts';
import { exampleOf, otherExamplesOf, storiesOf } from './support/runbook-folder.ts';
import { targetIn } from './support/target.ts';

/** CONTRIBUTING.md tells what each is. */
const FILES = ['example.ts', 'histories', 'matrix.md', 'stories.ts'];

describe('test/runbooks', () => {
  test('has a folder for each runbook of the catalogue, and for nothing else', () => {
    const strangers = readdirSync('test/runbooks').filter((name) => !catalogue.has(name));

    expect(
      strangers.map((name) => `test/runbooks/${name} belongs to no runbook of the catalogue`),
    ).toEqual([]);
  });

  test.each([...catalogue])(
    '%s has all that it needs, and nothing that nobody reads',
    async (name, facts) => {
      expect(await faultsOf(name, facts.kind)).toEqual([]);
    },
  );
});

/** What is missing in the folder of a runbook, or should not be there, each in a sentence. */
async function faultsOf(name: string, kind: 'acts' | 'reads'): Promise<string[]> {
  const folder = `test/runbooks/${name}`;
  if (!existsSync(folder)) return [`Runbook "${name}" has no folder "${folder}"`];
  const found = readdirSync(folder);
  const tests = [`${name}.test.ts`, `${name}.slow.test.ts`, `${name}.full.test.ts`];
  const needed = kind === 'acts' ? FILES : ['histories', 'stories.ts'];
  return [
    ...(tests.some((file) => found.includes(file)) ? [] : missing(`${name}.test.ts`)),
    ...needed.filter((file) => !found.includes(file)).flatMap(missing),
    ...found
      .filter((file) => !needed.includes(file) && (FILES.includes(file) || !file.endsWith('.ts')))
      .map((file) => `"${folder}/${file}" is no file of a runbook that ${kind}: nobody reads it`),
    ...(await historyFaultsOf(name, kind)),
    ...(kind === 'acts' ? await terminationFaultsOf(name) : []),
  ];

  function missing(file: string): string[] {
    return [`Runbook "${name}" has no "${folder}/${file}"`];
  }
}

/**
 * What every activity of its histories leaves when the run is terminated is cleaned up by repair, or said to be nothing; and its
 * page of the fault matrix shows that for each acting call that it plays.
 */
async function terminationFaultsOf(name: string): Promise<string[]> {
  const known = new Map<string, object>(Object.entries(afterTermination));
  const page = readPage(name) ?? '';
  const column = tableCells(page);
  const examples = [await exampleOf(name), ...Object.values(await otherExamplesOf(name))];
  const played = examples.flatMap((one) => one?.played ?? [...new Set(one?.calls)]);
  return [
    ...actingIn(`test/runbooks/${name}/histories/*.json`)
      .filter((type) => !known.has(type))
      .map((type) => `Nobody says what becomes of "${type}" when "${name}" is terminated`),
    ...played
      .filter((call) => !call.startsWith('alerts.') && !column.get(call))
      .map((call) => `The matrix of "${name}" says nothing of "${call}, terminated, then repair"`),
  ];
}

/** Acting activities that histories name. */
function actingIn(pattern: string): string[] {
  const systems = createSystems(targetIn('/nowhere'), '') as unknown as Readonly<
    Record<string, Readonly<Record<string, object>>>
  >;
  const names = globSync(pattern).flatMap((file) =>
    [
      ...readFileSync(file, 'utf8').matchAll(/"activityType":\s*\{\s*"name":\s*"(\w+)\.(\w+)"/g),
    ].map(([, system, action]) => [system!, action!] as const),
  );
  const acting = names.filter(([system, action]) => {
    const activity = systems[system]?.[action];
    return activity !== undefined && acts(activity);
  });
  return [...new Set(acting.map((name) => name.join('.')))];
}

/** Of the column "terminated, then repair", by call. */
function tableCells(page: string): ReadonlyMap<string, string> {
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const at = rows[0]?.indexOf('terminated, then repair' satisfies FaultName) ?? -1;
  return new Map(rows.map((cells) => [cells[1]!, cells[at] ?? '']));
}

/** Each way to end has a story and a history: done, stopped when it acts, and undone or with something left when it has an undo. */
async function historyFaultsOf(name: string, kind: 'acts' | 'reads'): Promise<string[]> {
  const undone = (await exampleOf(name))?.undone !== undefined;
  const needed = [
    'done',
    ...(kind === 'acts' ? ['stopped'] : []),
    ...(undone ? ['undone', 'left'] : []),
  ];
  const told = (await storiesOf(name)).map<string>(({ ending }) => ending);
  const saved = globSync(`test/runbooks/${name}/histories/*.json`).map((file) =>
    basename(file, '.json'),
  );
  const file = (ending: string) => `"test/runbooks/${name}/histories/${ending}.json"`;
  return [
    ...needed
      .filter((ending) => !told.includes(ending))
      .map((ending) => `"test/runbooks/${name}/stories.ts" has no story that ends as "${ending}"`),
    ...told
      .filter((ending) => !saved.includes(ending))
      .map((ending) => `${file(ending)} is missing: npm run record-histories -- ${name}`),
    // Of `done.before-<change>.json` the code is gone that could record it again.
    ...saved
      .filter((ending) => !told.includes(ending.split('.')[0]!))
      .map((ending) => `${file(ending)} has no story: nothing records it again`),
  ];
}
