import { spawn } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { passing } from '../../../os/failure.ts';
import { namesIn } from '../../../os/files/names-in.ts';
import { bootId } from '../../../os/process/boot-id.ts';
import { splitLines } from '../../../os/process/last-lines.ts';
import { commandOf, familyOf, processTable } from '../../../os/process/process-table.ts';
import { redacted } from '../../../os/redacted.ts';
import { ensureHostDirectory } from '../../../state/host/host-directory.ts';

const JOBS = 'jobs';
const INTERVAL = 200;
/** From the order until the job has written down which process it is. */
const BEGINS_WITHIN = 10_000;

/** `$0` is the job's directory. Each file gets its name when it is whole. */
const JOB = `umask 077
echo $$ > "$0/pid.part" && mv "$0/pid.part" "$0/pid"
(umask 022 && exec "$@") > "$0/output" 2>&1 < /dev/null
echo $? > "$0/code.part" && mv "$0/code.part" "$0/code"`;

export interface Ended {
  /** The exit code. Undefined: it was killed, or the machine went down. */
  readonly code: number | undefined;
  readonly output: string;
}

/**
 * Runs a command outside of our process group, and waits for it. Who ends us does not end it: a package manager that is killed leaves the host
 * half configured. The next attempt, of whichever run, finds it by `name` and waits for the same one. With systemd it is a unit of its own, because the end of our own
 * unit would end a mere session along with us. It is never cut short: after `within` ms it goes on without us. Error: `CommandTimeout`, with what it waits for.
 */
export async function apart(
  name: string,
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
  within: number,
): Promise<Ended> {
  const directory = ensureHostDirectory(JOBS, name);
  // One that has ended is none of this call: whoever calls has inspected what came of it.
  if (!isRunning(directory)) begin(name, directory, command, environment);
  const ended = await endOf(directory, within);
  // What it printed stays until the next one of this name.
  rmSync(`${directory}.last`, { recursive: true, force: true });
  renameSync(directory, `${directory}.last`);
  return ended;
}

/** Waits until no job of ours is under way on this host: one may have outlived its run. Error: `CommandTimeout`. */
export async function untilNoneRuns(within: number): Promise<void> {
  const all = ensureHostDirectory(JOBS);
  for (const name of namesIn(all).filter((one) => !one.endsWith('.last')))
    if (isRunning(join(all, name))) await endOf(join(all, name), within);
}

/** Error: `CommandFailed`, passing, with the end of what it printed. */
export function expectDone(what: string, { code, output }: Ended): void {
  if (code === 0) return;
  const how = code === undefined ? 'was killed' : `ended with exit code ${code}`;
  const text = redacted(splitLines(output, 10).join('\n').trim().slice(-1500));
  throw passing('CommandFailed', `${what} ${how}${text && `: ${text}`}`);
}

function begin(
  name: string,
  directory: string,
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
): void {
  for (const file of ['pid', 'output', 'code'])
    rmSync(join(directory, file), { force: true, recursive: true });
  const job = ['sh', '-c', JOB, directory, ...command];
  const [file, ...args] = existsSync('/run/systemd/system') ? asUnit(name, job, environment) : job;
  // A session of its own: no signal to our group reaches it.
  const child = spawn(file!, args, {
    detached: true,
    stdio: 'ignore',
    cwd: '/',
    env: { PATH: SYSTEM_PATH, ...environment },
  });
  child.on('error', () => {}); // `endOf` finds that it never began
  child.unref();
}

/** Those of root, whatever ours are: maintainer scripts need `/sbin`. */
const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

function asUnit(
  name: string,
  job: readonly string[],
  environment: Readonly<Record<string, string>>,
): string[] {
  const unit = `durable-runbooks-${name.replaceAll(/[^A-Za-z0-9_-]/g, '-')}`;
  const set = Object.entries({ PATH: SYSTEM_PATH, ...environment }).map(
    ([key, value]) => `--setenv=${key}=${value}`,
  );
  // systemd takes "$" for a variable, and "$$" for a "$": without this the job would not know its own pid, and pass for one that never began.
  const literal = job.map((word) => word.replaceAll('$', '$$$$'));
  return ['systemd-run', '--quiet', '--collect', `--unit=${unit}`, ...set, '--', ...literal];
}

function isRunning(directory: string): boolean {
  if (existsSync(join(directory, 'code'))) return false;
  const pid = pidIn(directory);
  return pid !== undefined && isJob(pid, directory);
}

/** The pid may be another's by now: after the machine has started anew, or when it was given out again. */
function isJob(pid: number, directory: string): boolean {
  const entry = processTable().find((one) => one.pid === pid);
  if (!entry?.alive) return false;
  if (bootId() === undefined) return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(directory);
  } catch {
    return false;
  }
}

function pidIn(directory: string): number | undefined {
  const text = readOr(join(directory, 'pid'));
  const pid = Number(text);
  return text !== '' && Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

async function endOf(directory: string, within: number): Promise<Ended> {
  const deadline = Date.now() + BEGINS_WITHIN;
  const end = Date.now() + within;
  for (;;) {
    const code = readOr(join(directory, 'code'));
    const output = () => readOr(join(directory, 'output'));
    if (code !== '') return { code: Number(code), output: output() };
    const began = pidIn(directory) !== undefined;
    // Asked again: between the two looks it may have ended.
    if (began && !isRunning(directory) && readOr(join(directory, 'code')) === '')
      return { code: undefined, output: output() };
    if (!began && Date.now() > deadline) return { code: undefined, output: 'It has not begun' };
    if (began && Date.now() > end)
      throw passing(
        'CommandTimeout',
        `A package manager still runs after ${Math.round(within / 1000)} s, and is not cut short: ${programsOf(pidIn(directory)!)}. End by hand what it waits for, or let the next attempt wait for it`,
      );
    await sleep(INTERVAL);
  }
}

/** What it has started last is what it waits for. */
function programsOf(pid: number): string {
  const family = familyOf(pid, processTable()).slice(-4);
  return family
    .map(
      (one) =>
        `${redacted(commandOf(one) ?? '')
          .trim()
          .slice(0, 120)} (${one})`,
    )
    .join(' > ');
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8').slice(-64 * 1024);
  } catch {
    return '';
  }
}
