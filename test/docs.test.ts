import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../src/client/catalogue.ts';
import { commandsPage } from './docs/commands-page.ts';
import { formatted } from './docs/formatted.ts';
import { withMetricsTable } from './docs/metrics-table.ts';
import { withRunbookTable } from './docs/readme-table.ts';
import { runbooksPage } from './docs/runbooks-page.ts';
import { faultNames, UNDO_FAILED } from './faults/faults.ts';

const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...globSync('{docs,docs/decisions,test/runbooks/*}/*.md'),
];

describe('the documentation', () => {
  test.each(pages)('%s links only to what is there', (page) => {
    const links = [...read(page).matchAll(/\]\(([^)#]+?)(?:#[^)]*)?\)/g)].map(([, link]) => link!);
    const local = links.filter((link) => !link.startsWith('http'));

    expect(local.filter((link) => !existsSync(join(dirname(page), link)))).toEqual([]);
  });

  test.each(pages)('%s names only files that are there', (page) => {
    const named = [...read(page).matchAll(/`((?:src|test|bench|docs|deploy|targets)\/[^`\s]+)`/g)];
    const files = named.map(([, file]) => file!).filter((file) => !/[<>*{]/.test(file));

    expect(files.filter((file) => globSync(`${file}*`).length === 0)).toEqual([]);
  });

  test('tells of the runbooks what the catalogue says: else npm run docs', async () => {
    const readme = read('README.md');
    const rows = [...readme.matchAll(/^\|\s+`([a-z-]+)`\s+\|/gm)].map(([, name]) => name);
    const missing = [...catalogue.keys()].filter((name) => !rows.includes(name));

    expect(missing).toEqual([]);
    expect(readme).toBe(withRunbookTable(readme));
    const page = 'docs/runbooks.md';

    expect(read(page)).toBe(await formatted(page, runbooksPage()));
  });

  test('tells of every command what its help says: else npm run docs', async () => {
    const page = 'docs/commands.md';

    expect(read(page)).toBe(await formatted(page, await commandsPage()));
  });

  test('tells of every metric what its family says: else npm run docs', () => {
    const page = read('docs/observability.md');

    expect(page).toContain('`runbook_target_dirty`');
    expect(page).toBe(withMetricsTable(page));
  });

  test('has a README within 130 lines, besides a line for each runbook', () => {
    const lines = read('README.md').split('\n').length;

    expect(lines - catalogue.size).toBeLessThanOrEqual(130);
  });

  test('explains every fault of the matrix', () => {
    const explained = [...read('docs/fault-matrix.md').matchAll(/^\| `(.+?)`/gm)];

    expect(explained.map(([, fault]) => fault)).toEqual([...faultNames, UNDO_FAILED]);
  });
});

function read(file: string): string {
  return readFileSync(file, 'utf8');
}
