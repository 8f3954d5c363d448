import { globSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../src/client/catalogue.ts';
import { floors, mayImport } from './support/floors.ts';
import { areaOf, folderOf, type Import, importsOf } from './support/imports-of.ts';

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
