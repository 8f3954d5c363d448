import { expectSqlite } from '../../../../../activities/database/expect-engine.ts';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { openInPlace } from '../../../../../activities/database/sqlite/file/in-place.ts';
import type { Target } from '../../../../../config/schema/target.ts';
import { UsageError } from '../../../../../config/usage-error.ts';
import { findOnPath } from '../../../../../dev/server/find-on-path.ts';
import { appendToAudit } from '../../../../../state/audit-log.ts';
import { me } from '../../../../input/me.ts';
import { besideTarget } from '../../../../local/beside-target.ts';
import { expectDatabase } from '../../../../local/rows/with-live.ts';
import { exitCodes } from '../../../../output/exit-code.ts';
import { say } from '../../../../output/say.ts';
import { converse } from './converse.ts';
import { feed } from './feed.ts';

/** `-readonly` alone lets `.open` and ATTACH open the same file again, for writing: that was tried with 3.40. */
const READ_ONLY = ['-safe', '-readonly'];

/**
 * The sqlite3 program on the live database, which its statements can only read. What would write another file is not given to it; it works
 * in a directory that goes away with it. Who opened it is audited before, and its end after. A run that replaces the database waits, or
 * refuses, as long as it is open. Errors: `UsageError`, `DatabaseMissing`, `DatabaseEmpty`.
 */
export async function openShell(target: Target): Promise<void> {
  const { file } = expectSqlite(target, 'This shell').database;
  const program = await safeProgram();
  mkdirSync(target.state, { recursive: true, mode: 0o700 });
  const by = me();
  const guard = await besideTarget(
    target,
    () => {
      expectDatabase(target);
      // What a reader leaves beside a database that nobody uses, this takes away at its end.
      return openInPlace(file);
    },
    { what: 'opened a shell', about: file, by },
  );
  // Keys such as Ctrl-C are for the shell: it decides what they end.
  const ignore = () => {};
  process.on('SIGINT', ignore);
  let scratch: string | undefined;
  try {
    scratch = mkdtempSync(join(tmpdir(), 'runbook-shell-'));
    const { isTTY } = process.stdin;
    if (isTTY)
      say(
        'Its statements can only read, and it writes no file. Until you leave it by .quit, no run can replace the database',
      );
    const child = execa(program, [...READ_ONLY, file], {
      cwd: scratch,
      stdin: 'pipe',
      stdout: isTTY ? 'pipe' : 'inherit',
      stderr: 'inherit',
      buffer: false,
      reject: false,
    });
    // It may end before all is read.
    child.stdin.on('error', () => {});
    let refused = 0;
    const refuse = (why: string) => {
      refused += 1;
      say(`Error: ${why}`);
    };
    const { stdin, stdout } = child;
    if (isTTY) {
      const kill = (signal: 'SIGINT') => child.kill(signal);
      const screen = process.stdout.isTTY ? process.stdout : process.stderr;
      const terminal = { input: process.stdin, screen, output: process.stdout, refuse };
      await converse({ stdin, stdout: stdout!, kill }, terminal);
    } else {
      // After .quit nobody waits for what may still come.
      await Promise.race([feed(process.stdin, stdin, refuse), child]);
      process.stdin.destroy();
    }
    const { exitCode } = await child;
    // A person sees what went wrong, and goes on.
    if (!isTTY && (exitCode !== 0 || refused > 0)) process.exitCode = exitCodes.failed;
  } finally {
    process.off('SIGINT', ignore);
    guard.close();
    if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
    const at = new Date().toISOString();
    appendToAudit(target, [{ at, run: file, what: 'closed a shell', by }]);
  }
}

/** Error: `UsageError` that says what to install. */
async function safeProgram(): Promise<string> {
  const hint =
    'apt-get install sqlite3, or runbook target db <target> tables, schema, counts or export';
  const program = findOnPath('sqlite3');
  if (program === undefined)
    throw new UsageError('Cannot find the program "sqlite3" on PATH', hint);
  const tried = await execa(program, [...READ_ONLY, ':memory:', 'select 1'], { reject: false });
  if (tried.exitCode !== 0)
    throw new UsageError(`"${program}" knows no -safe: SQLite 3.37 or newer is needed`, hint);
  return program;
}
