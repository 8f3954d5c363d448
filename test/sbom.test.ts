import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sbom } from '../scripts/sbom.ts';

interface Locked {
  readonly version: string;
  readonly dev?: boolean;
}

describe('sbom', () => {
  test('names every package of a release as the lock has it, and none that only we work with', () => {
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
    const shipped = Object.entries<Locked>(lock.packages)
      .filter(([path, { dev }]) => path !== '' && !dev)
      .map(([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`);
    const sqlite = `better-sqlite3@${lock.packages['node_modules/better-sqlite3'].version}`;

    const { components, dependencies, metadata } = sbom();

    const named = components.map(({ name, version }) => `${name}@${version}`);
    expect(new Set(named)).toEqual(new Set(shipped));
    expect(named).toEqual(expect.arrayContaining([sqlite]));
    expect(named.filter((name) => name.startsWith('vitest@'))).toEqual([]);
    const known = [...named, `${metadata.component.name}@${lock.version}`];
    expect(known).toEqual(expect.arrayContaining(dependencies.flatMap((one) => one.dependsOn)));
  });
});
