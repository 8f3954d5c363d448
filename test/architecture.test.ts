import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../src/client/catalogue.ts';

/** Who may import whom. `type` means types only. A folder may always import itself. */
const directions: Readonly<Record<string, Readonly<Record<string, 'value' | 'type'>>>> = {
  config: {},
  incident: { config: 'value' },
  engine: { config: 'value', incident: 'value', activities: 'type' },
  workflows: { engine: 'value', incident: 'value', config: 'value', activities: 'type' },
  activities: {
    config: 'value',
    incident: 'value',
    report: 'value',
    client: 'value',
    workflows: 'type',
  },
  report: { engine: 'type', incident: 'type', activities: 'type' },
  client: { workflows: 'value', engine: 'value', incident: 'value', config: 'value' },
  gateway: { client: 'value', incident: 'value', config: 'value', report: 'value' },
  dev: { config: 'value' },
  worker: { activities: 'value', config: 'value' },
  bundle: { worker: 'value' },
  cli: {
    client: 'value',
    report: 'value',
    dev: 'value',
    config: 'value',
    worker: 'value',
    gateway: 'value',
    incident: 'value',
    activities: 'value',
    engine: 'type',
  },
};

interface Import {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly kind: 'value' | 'type';
}

const files = globSync('src/**/*.ts');
const imports = files.flatMap(importsOf);

describe('imports', () => {
  test('go one way', () => {
    const wrong = imports.filter(({ from, to, kind }) => {
      const allowed = directions[from]?.[to];
      return from !== to && allowed !== 'value' && !(allowed === 'type' && kind === 'type');
    });

    expect(imports.length).toBeGreaterThan(100);
    expect(wrong.map(({ file, to, kind }) => `${file} -> ${to} (${kind})`)).toEqual([]);
  });

  test('keep Node out of the sandbox', () => {
    const sandboxed = files.filter((file) => /^src\/(engine|incident|workflows)\//.test(file));
    const wrong = sandboxed.filter((file) =>
      /from '(node:|execa|better-sqlite3|ioredis)/.test(read(file)),
    );

    expect(wrong).toEqual([]);
  });
});

describe('a runbook', () => {
  test('is exported by the catalogue under the name of its file', () => {
    const catalogue = read('src/workflows/index.ts');
    const missing = globSync('src/workflows/*/*.ts').filter((file) => {
      const [family, name] = file.split('/').slice(-2) as [string, string];
      const word = name.replace('.ts', '');
      const exported = word.includes('-') ? `as '${word}' }` : `{ ${word} }`;
      return !catalogue.includes(`${exported} from './${family}/${name}'`);
    });

    expect(missing).toEqual([]);
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

function importsOf(file: string): Import[] {
  const statements = read(file).matchAll(/(import|export) ([^;]*?) from '(\.[^']+)'/gs);
  const lazy = read(file).matchAll(/(import)\(()'(\.[^']+)'\)/g);
  return [...statements, ...lazy].map(([, , names, path]) => ({
    file,
    from: roomOf(file),
    to: roomOf(relative('.', join(dirname(file), path!))),
    kind: isTypeOnly(names!) ? 'type' : 'value',
  }));
}

function isTypeOnly(names: string): boolean {
  if (names.startsWith('type ')) return true;
  const inside = /\{([^}]*)\}/s
    .exec(names)?.[1]
    ?.split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return (
    inside !== undefined && inside.length > 0 && inside.every((name) => name.startsWith('type '))
  );
}

function roomOf(file: string): string {
  return file
    .replace(/^src\//, '')
    .split('/')[0]!
    .replace('.ts', '');
}

function read(file: string): string {
  return readFileSync(file, 'utf8');
}
