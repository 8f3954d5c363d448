import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect } from 'vitest';
import { catalogue } from '../../src/client/catalogue.ts';
import { test as base } from '../support/run.ts';
import { type Example, examples } from './examples.ts';
import { type FaultName, faultNames, UNDO_FAILED } from './faults.ts';
import { type Cell, play, record } from './play.ts';

/** Somebody is there to be told: by a file, the channel of a target that names no other. */
const test = base.extend({ escalation: [{ level: 1, to: 'operations', after: '0s' }] });

/** Longer than any cell: three tries of every undo of a recovery, on a busy machine. */
const TIMEOUT = 150_000;

/** Plays every cell of every acting runbook, or those of its example's sample, and prints them as a table. */
export function playEveryRunbook(which: 'all' | 'sample'): Results {
  const results: Results = new Map();
  const acting = [...catalogue].filter(([, { kind }]) => kind === 'acts').map(([name]) => name);

  test('every acting runbook of the catalogue has an example world', () => {
    expect(acting.filter((name) => !(name in examples))).toEqual([]);
  });

  for (const runbook of acting) {
    const example = examples[runbook];
    if (!example) continue;
    describe.concurrent(`every acting call of ${runbook}`, () => {
      if (which === 'all') expectExample(runbook, example);
      for (const cell of cellsOf(runbook, example, which)) {
        test(
          `${cell.call}: ${cell.fault}`,
          { timeout: TIMEOUT },
          async ({ world, systems, runs }) => {
            results.set(cell, ['it never ended']);
            const wrong = await play({ world, systems, runs }, example, cell).catch(
              (error: Error) => [error.message],
            );
            results.set(cell, wrong);

            expect(wrong).toEqual([]);
          },
        );
      }
    });
  }

  afterAll(() => process.stdout.write(`\n${tableOf(results)}\n`));
  return results;
}

/** That an example tells what its runbook does: else its cells would strike beside it. */
function expectExample(runbook: string, example: Example): void {
  test(
    'makes the acting calls that its example names',
    { timeout: TIMEOUT },
    async ({ world, systems, runs }) => {
      const happy = await record({ world, systems, runs }, runbook, example);

      expect(happy).toEqual({ outcome: 'done', calls: example.calls });
    },
  );

  const { undone } = example;
  if (undone)
    test(
      'makes the calls of its undo that its example names',
      { timeout: TIMEOUT },
      async ({ world, systems, runs }) => {
        const failing = await record({ world, systems, runs }, runbook, example, undone.by);

        expect(failing).toEqual({ outcome: 'undone', calls: undone.calls });
      },
    );
}

type Results = Map<Cell, readonly string[]>;

function cellsOf(
  runbook: string,
  { calls, played = [...new Set(calls)], undone, sample }: Example,
  which: 'all' | 'sample',
): Cell[] {
  const cells: Cell[] = [
    ...played.flatMap((call) =>
      faultNames
        .filter((fault) => !(isTemporals(call) && fault.startsWith('terminated')))
        .map((fault) => ({ runbook, call, fault })),
    ),
    ...[...new Set(undone?.calls)].map((call) => ({ runbook, call, fault: UNDO_FAILED }) as const),
  ];
  return which === 'all' ? cells : cells.filter(({ call, fault }) => sample[fault] === call);
}

/** What is done in Temporal itself lies outside of the target: a recovery has nothing to put right there. */
function isTemporals(call: string): boolean {
  return call.startsWith('alerts.');
}

/** Runbook x call x fault, and the count: the same for every run in which the same is wrong. */
function tableOf(results: Results): string {
  // Cells end in any order: the table has that of the catalogue.
  const cells = [...results.keys()].toSorted((one, other) => rank(one) - rank(other));
  const faults: FaultName[] = [...faultNames, UNDO_FAILED];
  const head = ['runbook', 'call', ...faults];
  const rows = [...new Set(cells.map(({ runbook, call }) => `${runbook} ${call}`))].map((row) => [
    ...row.split(' '),
    ...faults.map((fault) => {
      const cell = cells.find((one) => `${one.runbook} ${one.call}` === row && one.fault === fault);
      return cell ? (results.get(cell)!.length === 0 ? 'ok' : 'BAD') : '';
    }),
  ]);
  const bad = cells.filter((cell) => results.get(cell)!.length > 0);
  const table = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = [head, widths.map((width) => '-'.repeat(width)), ...rows].map(
    (row) => `| ${row.map((text, column) => text.padEnd(widths[column]!)).join(' | ')} |`,
  );
  const why = bad.map((cell) => {
    const { runbook, call, fault } = cell;
    return `- ${runbook}, ${call}, ${fault}: ${results.get(cell)!.join('; ')}`;
  });
  return [
    ...lines,
    '',
    `${cells.length} cells, ${bad.length} BAD.`,
    ...(why.length > 0 ? ['', ...why] : []),
  ].join('\n');
}

const planned = Object.entries(examples).flatMap(([name, example]) =>
  cellsOf(name, example, 'all').map(({ call, fault }) => `${name} ${call} ${fault}`),
);

function rank({ runbook, call, fault }: Cell): number {
  return planned.indexOf(`${runbook} ${call} ${fault}`);
}

const FILE = new URL('../../docs/fault-matrix.md', import.meta.url);
const INTRODUCTION = `# Fault matrix

Every acting call of every runbook, with every fault put there on a real world: a database, an application that writes, a
cache, a Temporal server. \`ok\`: the database is all old or all new, the application runs and writes into the live file, nothing
partial lies about, the target is free, the ledger is complete, people were notified, and the outcome is what is seen.
Made by \`RUNBOOK_TESTS=full RUNBOOK_WRITE_MATRIX=1 npx vitest run test/faults\`; the full tests compare it.
`;

/** Compares docs/fault-matrix.md with what was seen, or writes it. */
export function compareDocument(results: Results): void {
  const seen = `${INTRODUCTION}\n${tableOf(results)}\n`;
  if (process.env['RUNBOOK_WRITE_MATRIX'] === '1') writeFileSync(FILE, seen);

  expect(readFileSync(FILE, 'utf8')).toBe(seen);
}
