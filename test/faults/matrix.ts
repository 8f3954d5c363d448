import { afterAll, describe, expect } from 'vitest';
import { catalogue } from '../../src/client/catalogue.ts';
import { isBounded, thisHour, today } from '../support/bounded.ts';
import { test as composed } from '../activities/runtime/support/compose-world.ts';
import { canRunDocker, composes } from '../activities/runtime/support/docker-daemon.ts';
import { useCompose, useDockerDaemon } from '../activities/runtime/support/use-docker.ts';
import { exampleOf, otherExamplesOf } from '../support/runbook-folder.ts';
import { chosenCells, hasTurn } from './chosen-cells.ts';
import type { Example } from './example.ts';
import { inReplicas, whyNotReplicated } from './in-replicas.ts';
import { onSqlite, type PlayedDatabase } from './on-sqlite.ts';
import { bodyOf, pageOf, readPage, type Results, stampedOf, tableOf, writePage } from './page.ts';
import type { Cell } from './play.ts';
import {
  cellsOf,
  NOT_PLAYED,
  type Playing,
  playRunbook,
  type Prepared,
  sampleOf,
  test,
  TOLD,
} from './play-runbook.ts';
import { engineReach, hashOf, runbookReach } from './reach.ts';

const inContainers = composed
  .extend(TOLD)
  .extend<{ database: PlayedDatabase }>({ database: ({ world }, use) => use(onSqlite(world)) });

/** Longer than any cell: three tries of every undo of a recovery, on a busy machine. */
const TIMEOUT = 150_000;
/** A page that was played in full longer ago is red. */
const OLDEST_DAYS = 14;
/** It makes images and containers besides. */
const CONTAINERS_TIMEOUT = 400_000;

/** What was seen of each runbook that was asked for, by its name. */
type Seen = ReadonlyMap<string, Results>;

interface Chosen extends Prepared {
  /** Nothing of others is played. */
  readonly isPlayed: boolean;
}

/** Plays the cells of every acting runbook (see `chosen-cells.ts`), and prints them as tables. */
export async function playRunbooks(): Promise<Seen> {
  const seen = new Map<string, Results>();

  const all = (await Promise.all(wantedRunbooks().map(prepare))).flat();
  const contained = all.filter(({ example }) => example?.runsIn);
  const others = all.filter((one) => !contained.includes(one));

  for (const one of others) if (one.isPlayed) playRunbook(one, test, TIMEOUT);
  if (contained.some(({ isPlayed }) => isPlayed)) playContained(contained);

  /** What is seen of it is known here before any block of tests is: the pages are compared by that. */
  async function prepare(runbook: string, n: number): Promise<Chosen[]> {
    const worlds = await worldsOf(runbook);
    const isPlayed = hasTurn(n, choice);
    const cells = isPlayed ? choose(runbook, worlds) : [];
    const results: Playing = new Map(cells.map((cell) => [cell, NOT_PLAYED]));
    if (worlds.every(({ example }) => canPlay(example))) seen.set(runbook, results);
    return worlds.map((world) => ({ runbook, ...world, results, isPlayed }));
  }

  afterAll(() => {
    for (const [runbook, results] of seen) {
      const played = new Map([...results].filter(([, wrong]) => wrong !== NOT_PLAYED));
      if (played.size > 0) process.stdout.write(`\n${runbook}\n\n${tableOf(played)}\n`);
    }
  });
  return seen;
}

/** They share a daemon: the environment of this process names one only. Skipped where this is not root, or docker, dockerd or busybox is not on PATH. */
function playContained(contained: readonly Chosen[]): void {
  describe('in a container', { concurrent: true, skip: !canRunDocker }, () => {
    useDockerDaemon();
    useCompose(composes.find(({ file }) => file)!);
    for (const one of contained.filter(({ example }) => canPlay(example)))
      if (one.isPlayed)
        playRunbook(
          one,
          one.example?.runsIn === 'replicated' ? inReplicas : inContainers,
          CONTAINERS_TIMEOUT,
        );
  });
}

const { RUNBOOK_RUNBOOKS: named, RUNBOOK_WRITE_MATRIX: writing } = process.env;
const choice = {
  asked: named !== undefined || writing !== undefined,
  bounded: isBounded,
  turn: isBounded ? thisHour : today,
};

/** What a full run plays of a runbook. What somebody asks for by name, or to write it, is played whole. */
function choose(runbook: string, worlds: readonly World[]): readonly Cell[] {
  return chosenCells({
    ...choice,
    cells: cellsIn(runbook, worlds),
    changed: () => hasChanged(runbook),
    always: worlds.flatMap(({ example, title }) =>
      example ? sampleOf(runbook, example, title) : [],
    ),
  });
}

type World = Pick<Prepared, 'example' | 'title'>;

/** Its example, and its other ones. */
async function worldsOf(runbook: string): Promise<readonly World[]> {
  const others = Object.entries(await otherExamplesOf(runbook));
  return [
    { example: await exampleOf(runbook) },
    ...others.map(([title, example]) => ({ title, example })),
  ];
}

function cellsIn(runbook: string, worlds: readonly World[]): Cell[] {
  return worlds.flatMap(({ example, title }) => (example ? cellsOf(runbook, example, title) : []));
}

function canPlay(example: Example | undefined): boolean {
  if (example?.runsIn === undefined) return true;
  return Boolean(canRunDocker) && (example.runsIn === 'compose' || whyNotReplicated === undefined);
}

/** Whether anything that it reaches is another than when its page was written. */
function hasChanged(runbook: string): boolean {
  return stampedOf(runbook)?.reach !== hashOf(runbookReach(runbook));
}

function acting(): string[] {
  return [...catalogue].filter(([, { kind }]) => kind === 'acts').map(([name]) => name);
}

/** Every acting runbook of the catalogue, or those that RUNBOOK_RUNBOOKS names: `daily-backup,contain`. */
function wantedRunbooks(): string[] {
  const all = acting();
  const wanted = process.env['RUNBOOK_RUNBOOKS']?.split(',') ?? all;
  const unknown = wanted.filter((name) => !all.includes(name));
  if (unknown.length > 0)
    throw new Error(`Cannot play "${unknown.join(', ')}": expected acting runbooks, "a,b"`);
  return wanted;
}

/** Compares the page of every runbook that was played with what was seen, or writes it. */
export function comparePages(seen: Seen): void {
  const engine = hashOf(engineReach());
  for (const [runbook, results] of seen)
    describe(`test/runbooks/${runbook}/matrix.md`, () => {
      test('tells what was seen', async () => {
        const whole = cellsIn(runbook, await worldsOf(runbook)).length;
        const isWhole = whole > 0 && results.size === whole;
        if (process.env['RUNBOOK_WRITE_MATRIX'] === '1') {
          const on = new Date().toISOString().slice(0, 10);
          const reach = hashOf(runbookReach(runbook));
          writePage(runbook, pageOf(runbook, results, { on, reach, engine }));
        }
        const stamped = stampedOf(runbook);
        const since = hasChanged(runbook) ? ', and changed since' : '';
        process.stdout.write(`${runbook}: played in full on ${stamped?.on ?? 'no day'}${since}\n`);

        if (isWhole) expect(readPage(runbook)).toContain(bodyOf(runbook, results));
        // Only a part was played today: the whole was, not long ago.
        else expect(daysSince(stamped?.on)).toBeLessThanOrEqual(OLDEST_DAYS);
      });
    });
}

function daysSince(day: string | undefined): number {
  return day === undefined ? Infinity : (Date.now() - Date.parse(day)) / 86_400_000;
}
