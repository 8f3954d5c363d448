import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../src/client/catalogue.ts';

const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...globSync('docs/*.md')];

describe('the documentation', () => {
  test.each(pages)('%s links only to what is there', (page) => {
    const links = [...read(page).matchAll(/\]\(([^)#]+?)(?:#[^)]*)?\)/g)].map(([, link]) => link!);
    const local = links.filter((link) => !link.startsWith('http'));

    expect(local.filter((link) => !existsSync(join(dirname(page), link)))).toEqual([]);
  });

  test('README names every runbook in its table, and stays within 150 lines', () => {
    const rows = [...read('README.md').matchAll(/^\|\s+`([a-z-]+)`\s+\|/gm)].map(
      ([, name]) => name,
    );
    const missing = [...catalogue.keys()].filter((name) => !rows.includes(name));

    expect(missing).toEqual([]);
    expect(read('README.md').split('\n').length).toBeLessThanOrEqual(150);
  });
});

function read(file: string): string {
  return readFileSync(file, 'utf8');
}
