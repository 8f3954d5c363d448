import { describe, expect } from 'vitest';
import { test as base } from '../support/run.ts';
import type { Example } from './example.ts';
import { faultNames, UNDO_FAILED } from './faults.ts';
import { onSqlite, type PlayedDatabase } from './on-sqlite.ts';
import { type Cell, play, record } from './play.ts';

/** Somebody is there to be notified: by a file, the channel of a target that names no other. */
export const TOLD = { escalation: [{ level: 1, to: 'operations', after: '0s' as const }] };
/** A world, and the database that it works on. */
export const test = base
  .extend(TOLD)
  .extend<{ database: PlayedDatabase }>({ database: ({ world }, use) => use(onSqlite(world)) });
export type Test = typeof test;

/** What is wrong after each cell. */
export type Playing = Map<Cell, readonly string[]>;
export const NOT_PLAYED = ['it was not played'];

export interface Prepared {
  readonly runbook: string;
  readonly example: Example | undefined;
  /** Of one of its other examples. */
  readonly title?: string;
  /** The cells to play; takes what is seen of them. */
  readonly results: Playing;
}

/** Plays the cells of one runbook, each in a world of its own. */
export function playRunbook(
  { runbook, example, title, results }: Prepared,
  inWorld: Test,
  timeout: number,
): void {
  const whose = title === undefined ? runbook : `${runbook}: ${title}`;
  describe(`every acting call of ${whose}`, { concurrent: true, timeout }, () => {
    test('is put to the test in an example world', () => expect(example).toBeDefined());
    if (example) expectExample(inWorld, runbook, example);
    if (example) playCells(inWorld, example, title, results);
  });
}

function playCells(
  inWorld: Test,
  example: Example,
  title: string | undefined,
  results: Playing,
): void {
  for (const cell of [...results.keys()].filter(({ of }) => of === title))
    inWorld(`${cell.call}: ${cell.fault}`, async ({ world, systems, runs, database }) => {
      results.set(cell, ['it never ended']);
      const scene = { world, systems, runs, database };
      const wrong = await play(scene, example, cell).catch((error: Error) => [error.message]);
      results.set(cell, wrong);

      expect(wrong).toEqual([]);
    });
}

/** That an example tells what its runbook does: else its cells would strike beside it. */
function expectExample(inWorld: Test, runbook: string, example: Example): void {
  inWorld(
    'makes the acting calls that its example names',
    async ({ world, systems, runs, database }) => {
      const happy = await record({ world, systems, runs, database }, runbook, example);

      expect(happy).toEqual({ outcome: 'done', calls: example.calls });
    },
  );

  const { undone } = example;
  if (undone)
    inWorld(
      'makes the calls of its undo that its example names',
      async ({ world, systems, runs, database }) => {
        const scene = { world, systems, runs, database };
        const failing = await record(scene, runbook, example, undone.by);

        expect(failing).toEqual({ outcome: 'undone', calls: undone.calls });
      },
    );
}

export function cellsOf(
  runbook: string,
  { calls, played = [...new Set(calls)], undone }: Example,
  of?: string,
): Cell[] {
  const whose = of === undefined ? {} : { of };
  return [
    ...played.flatMap((call) =>
      faultNames
        .filter((fault) => !(isTemporals(call) && fault.startsWith('terminated')))
        .map((fault) => ({ runbook, call, fault, ...whose })),
    ),
    ...[...new Set(undone?.calls)].map(
      (call) => ({ runbook, call, fault: UNDO_FAILED, ...whose }) as const,
    ),
  ];
}

/** Those that are played in every long run. */
export function sampleOf(runbook: string, example: Example, of?: string): Cell[] {
  return cellsOf(runbook, example, of).filter(({ call, fault }) => example.sample[fault] === call);
}

/** What is done in Temporal itself lies outside of the target: a recovery has nothing to put right there. */
function isTemporals(call: string): boolean {
  return call.startsWith('alerts.');
}
