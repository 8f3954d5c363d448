import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';
import { afterAnotherStart } from '../../../support/power-cut.ts';
import { killedAt, straced } from '../../../support/strace.ts';
import type { Scenario } from './scenarios.ts';
import { built } from '../../../support/built.ts';

export interface Killed {
  /** False when the scenario ended before its n-th change. */
  readonly killed: boolean;
  /** Of the calls that ended. */
  readonly results: unknown[];
}

/** Plays a scenario in a process of its own, which dies right before its n-th change of the file system. */
export async function playKilled(
  target: SqliteTarget,
  scenario: Scenario,
  n: number,
): Promise<Killed> {
  const env = { DIE_AT: `${n}`, DIE_IN: target.directory };
  return run(
    process.execPath,
    ['--import', here('die-at-call.ts'), ...scriptOf(target, scenario)],
    env,
  );
}

/** The same at the n-th system call of one name, wherever it comes from: SQLite's own writing, too. */
export async function playKilledAt(
  call: string,
  target: SqliteTarget,
  scenario: Scenario,
  n: number,
): Promise<Killed> {
  return run(...killedAt(call, n, process.execPath, ...scriptOf(target, scenario)), {});
}

/** Plays the rest of a scenario as after another start of the machine. Answers all results. */
export async function playOn(
  target: SqliteTarget,
  scenario: Scenario,
  results: readonly unknown[],
): Promise<unknown[]> {
  const script = [...scriptOf(target, scenario), JSON.stringify(results)];
  const rest = await run(...afterAnotherStart(process.execPath, ...script), {});
  return [...results, ...rest.results];
}

/** Plays the rest of a scenario on a disk that says at each sync that it could not write. Answers what it says then. */
export async function playOnFailingDisk(
  target: SqliteTarget,
  scenario: Scenario,
  results: readonly unknown[],
): Promise<string> {
  const script = [...scriptOf(target, scenario), JSON.stringify(results)];
  const [command, args] = straced(['inject=fsync:error=EIO'], process.execPath, ...script);
  const { stderr } = await execa(command, args, { reject: false });
  return stderr;
}

/** Plays a whole scenario on a file system without hard links. */
export async function playWithoutLinks(target: SqliteTarget, scenario: Scenario): Promise<Killed> {
  return run(
    process.execPath,
    ['--import', here('no-links.ts'), ...scriptOf(target, scenario)],
    {},
  );
}

/** Plays a whole scenario, and answers what it did to the file system, in order. */
export async function playRecorded(target: SqliteTarget, scenario: Scenario): Promise<string[][]> {
  const args = ['--import', here('record-calls.ts'), ...scriptOf(target, scenario)];
  const { stderr } = await execa(process.execPath, args);
  return JSON.parse(stderr) as string[][];
}

async function run(command: string, args: string[], env: Record<string, string>): Promise<Killed> {
  const { stdout, signal, exitCode, stderr } = await execa(command, args, { env, reject: false });
  if (signal !== 'SIGKILL' && exitCode !== 0) throw new Error(stderr);
  const results = stdout.split('\n').filter(Boolean);
  return { killed: signal === 'SIGKILL', results: results.map((line) => JSON.parse(line)) };
}

export function scriptOf(target: SqliteTarget, scenario: Scenario): string[] {
  return [built('test/activities/database/support/act.ts'), JSON.stringify(target), scenario];
}

function here(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
