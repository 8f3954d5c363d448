import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Systems } from '../../src/activities/index.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import type { Ending } from '../../src/engine/run/ending.ts';
import { holdersOf } from '../integration/survive-kill.ts';
import { type Before, MARKS } from './before.ts';
import type { Example } from './example.ts';
import { onSqlite, type PlayedDatabase, type Seen } from './on-sqlite.ts';

interface Aftermath {
  readonly world: SqliteTarget;
  readonly systems: Systems;
  /** Missing: the file of SQLite that the world names. */
  readonly database?: PlayedDatabase;
  readonly before: Before;
  readonly example: Example;
  readonly ending: Ending;
  /** The run was terminated, and a recovery or a repair has taken the target over: it is that one's ending. */
  readonly tookOver?: 'recovered' | 'repaired';
}

/** What must hold after every fault, whatever it was. Answers what does not, as text. */
export async function violations(aftermath: Aftermath): Promise<string[]> {
  const { world, before, ending, database = onSqlite(world) } = aftermath;
  const found = [
    ...ledgerFaults(ending),
    ...messageFaults(world, ending),
    ...(await healthFaults(aftermath, database)),
  ];
  const undone = ending.outcome === 'undone' || ending.outcome === 'stopped';
  if (undone) found.push(...(await database.kept()).map((name) => `"${name}" is left over`));
  if (ending.left.length === 0)
    for (const name of await database.leftovers())
      if (ending.outcome === 'done' || !before.leftovers.includes(name))
        found.push(`"${name}" is left over`);
  const holders = holdersOf(world);
  if (holders.length > 0) found.push(`the target is still held by "${holders.join(', ')}"`);
  const state = databaseState(await database.inspect(), before);
  return [...found, ...contentFaults(aftermath, state)].map(neutral);
}

function ledgerFaults({ ledger, outcome, notices, left, notDone }: Ending): string[] {
  const unnamed = outcome === 'partly' && !notDone?.length;
  const open = ledger.filter(({ state }) => ['pending', 'running', 'waiting'].includes(state));
  const failed = ledger.some(({ state }) => state === 'failed');
  const silent = notices.length === 0 && (outcome === 'failed' || outcome === 'undone' || failed);
  return [
    ...open.map(({ id, state }) => `line "${id}" is ${state} in the ending`),
    ...(unnamed ? ['partly done, and nothing is named that was not'] : []),
    ...(silent ? [`nobody was notified: it ended ${outcome}`] : []),
    ...(left.length > 0 && outcome !== 'failed' ? [`${outcome}, with something left to do`] : []),
  ];
}

/** Whoever must know has got a message, not only a line in a log. */
function messageFaults({ state }: SqliteTarget, { outcome }: Ending): string[] {
  const silent = outcome !== 'failed' && outcome !== 'undone';
  return silent || existsSync(join(state, 'pages.jsonl')) ? [] : ['no message was delivered'];
}

/** It is contained, or stopped on purpose, and down. Or it runs (unless it did not before), answers, and writes into the file that is live, not into one that was replaced under it. */
async function healthFaults(
  { systems, before, ending }: Aftermath,
  database: PlayedDatabase,
): Promise<string[]> {
  const { running } = await systems.runtime.describe();
  const { contained, stopped } = await systems.containment.find();
  if (contained && running && ending.left.length === 0)
    return ['the application runs, although it is contained'];
  if (contained || stopped) return [];
  if (!running || !(await systems.http.isReady())) {
    const text = `the application is ${running ? 'not ready' : 'down'}`;
    if (!before.running && ending.outcome !== 'done') return [];
    return /application/i.test(ending.left.join()) ? [] : [`${text}, and the ending does not say`];
  }
  const { rows } = await database.inspect();
  for (let findings = 0; findings < 40; findings += 1) {
    await sleep(50);
    if ((await database.inspect()).rows > rows) return [];
  }
  return ['the application does not write into the live database'];
}

/** `database`: as `databaseState` tells it. */
function contentFaults(
  { world, before, example, ending, tookOver }: Aftermath,
  database: string,
): string[] {
  if (tookOver === 'repaired') return repairFaults(database, example, world, before, ending);
  if (tookOver)
    return ending.outcome !== 'done'
      ? [`the recovery that took over ended ${ending.outcome}: ${ending.failure?.message}`]
      : database === 'restored'
        ? []
        : [`after the take-over the database is ${database}`];

  const made = example.made?.(world, before, ending.outcome);
  // What could not be undone is named: it may be incomplete.
  if (typeof made === 'string') return ending.left.length > 0 ? [] : [made];
  const state =
    example.database === 'kept'
      ? {
          asItWas: database === 'kept' && made !== true,
          asMeant: database === 'kept' && made !== false,
        }
      : example.database === 'returned'
        ? { asItWas: database === 'restored', asMeant: database === 'kept' }
        : { asItWas: database === 'kept', asMeant: database === 'restored' };
  const text = `the database is ${database}${made === undefined ? '' : `, its work is ${made ? '' : 'not '}there`}`;
  if (!state.asItWas && !state.asMeant) return [text];
  if (ending.left.length > 0) return [];
  if (example.stays && ending.outcome === 'stopped') return [];
  if (example.staysWhenUndone && ending.outcome === 'undone') return [];
  // It went on without something: its work is there, or is what it went on without.
  const meant = ending.outcome === 'done' || (ending.outcome === 'partly' && made === true);
  if (made === !meant) return [`it ended ${ending.outcome}, and ${text}`];
  return (meant ? state.asMeant : state.asItWas) ? [] : [`it ended ${ending.outcome}, and ${text}`];
}

/** Repaired: nothing is a mix, and what a repair promises to take back is taken back. */
function repairFaults(
  database: string,
  example: Example,
  world: SqliteTarget,
  before: Before,
  { outcome, failure }: Ending,
): string[] {
  const made = example.made?.(world, before, outcome);
  const whole = database === 'kept' || (database === 'restored' && example.database !== 'kept');
  return [
    ...(outcome === 'done' ? [] : [`the repair ended ${outcome}: ${failure?.message}`]),
    ...(whole ? [] : [`after the repair the database is ${database}`]),
    ...(typeof made === 'string' ? [made] : []),
    ...(isMix(database, made, example)
      ? [
          `after the repair the database is ${database}, and its other work is ${made ? '' : 'not '}there`,
        ]
      : []),
    ...(example.takenBack && made !== false ? ['after the repair its work is there'] : []),
  ];
}

/** A run that replaces the database and more has replaced both, or neither. */
function isMix(database: string, made: unknown, example: Example): boolean {
  if (typeof made !== 'boolean' || example.database === 'kept') return false;
  const meant = example.database === 'returned' ? 'kept' : 'restored';
  return made !== (database === meant);
}

/** All old, all restored, or a mix as text. */
function databaseState({ rows, missing, marks, integrity }: Seen, before: Before): string {
  if (integrity !== 'ok' && !before.damaged) return `damaged: ${String(integrity)}`;
  if (missing > 0) return `missing rows: ${rows} of ${rows + missing}`;
  if (marks === MARKS.backedUp) return integrity === 'ok' ? 'restored' : 'restored, and damaged';
  if (marks !== `${MARKS.backedUp}, ${MARKS.since}`) return `mixed: marks "${marks}"`;
  return rows >= before.rows ? 'kept' : `missing rows: ${rows} of ${before.rows}`;
}

/** Without what differs in every run. */
function neutral(name: string): string {
  return name.replaceAll(/\d{8}_\d{6}/g, 'STAMP').replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID');
}
