import { basename, resolve, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Target } from '../../config/schema/target.ts';
import type { Stamp } from '../../config/time/stamp.ts';
import { failureOf } from '../../os/failure-of.ts';
import { passing } from '../../os/failure.ts';
import { run } from '../../os/process/command.ts';
import { inheritedEnvironment } from '../../os/process/inherited-environment.ts';

const ENGINES = ['docker', 'podman', 'nerdctl', 'docker-compose'];
/** `sudo -n docker`: what stands before it. */
const WRAPPERS = 3;
const COMMAND_WITHIN = 60_000;
const GONE_WITHIN = 15_000;
const LABEL = 'durable-runbooks.drill';

type Place = Pick<Target, 'name' | 'state'>;

interface Engine {
  /** The program, with what chooses the host that it works on. */
  readonly program: readonly string[];
  /** The place in the command after its `run`. */
  readonly after: number;
}

/** Names a container, so that it is found and ended whatever has become of the command that started it. */
export function drillName({ name }: Pick<Target, 'name'>, stamp: Stamp): string {
  return `runbook-drill-${name}-${stamp}`;
}

/** A command that runs a container gives it a name of ours, unless it has its own, and a label that says whose drill it belongs to. */
export function withDrillName(command: readonly string[], target: Place, stamp: Stamp): string[] {
  const engine = engineOf(command);
  if (!engine) return [...command];
  const isNamed = command.slice(engine.after).some((word) => /^--name(=|$)/.test(word));
  const name = isNamed ? [] : ['--name', drillName(target, stamp)];
  return command.toSpliced(engine.after, 0, ...name, '--label', `${LABEL}=${placeOf(target)}`);
}

/**
 * Ends every container of a drill of this target, the one of now and those that earlier drills left behind: by our label, or because
 * it has something of a drill's directory mounted. To end `docker run` ends no container whose first process does not hear TERM.
 *
 * Error: `StopHangs`.
 */
export async function endDrillContainers(
  command: readonly string[],
  target: Place,
): Promise<string[]> {
  const engine = engineOf(command);
  if (!engine) return [];
  const ended = new Set<string>();
  for (const end = performance.now() + GONE_WITHIN; ;) {
    const rest = await containersOf(engine, target);
    if (rest.length === 0) return [...ended];
    if (performance.now() >= end)
      throw passing(
        'StopHangs',
        `Cannot end container ${rest.map(({ name }) => `"${name}"`).join(', ')} of a drill`,
      );
    for (const { id, name } of rest) {
      ended.add(name);
      await removed(engine, id);
    }
    await sleep(100);
  }
}

const Row = z.tuple([z.string().regex(/^[0-9a-f]{12,64}$/), z.string(), z.string(), z.string()]);

async function containersOf(
  engine: Engine,
  target: Place,
): Promise<{ id: string; name: string }[]> {
  const fields = ['.ID', '.Names', `(.Label "${LABEL}")`, '.Mounts'].map(
    (one) => `{{json ${one}}}`,
  );
  const text = await call(engine, ['ps', '-a', '--no-trunc', '--format', `[${fields.join(',')}]`]);
  const drills = resolve(target.state, 'drill') + sep;
  return text.split('\n').flatMap((line) => {
    const row = Row.safeParse(jsonIn(line));
    if (!row.success) return [];
    const [id, name, place, mounts] = row.data;
    const isOurs =
      place === placeOf(target) || mounts.split(',').some((one) => one.startsWith(drills));
    return isOurs ? [{ id, name }] : [];
  });
}

async function removed(engine: Engine, id: string): Promise<void> {
  try {
    await call(engine, ['rm', '-f', id]);
  } catch (error) {
    // With `--rm` it goes by itself, too.
    if (!/no such container|already in progress/i.test(failureOf(error).message)) throw error;
  }
}

async function call(
  { program: [file, ...flags] }: Engine,
  args: readonly string[],
): Promise<string> {
  const options = { timeout: COMMAND_WITHIN, environment: inheritedEnvironment() };
  return (await run(file!, [...flags, ...args], options)).stdout;
}

function engineOf(command: readonly string[]): Engine | undefined {
  const at = command.slice(0, WRAPPERS + 1).findIndex((word) => ENGINES.includes(basename(word)));
  const runAt = command.indexOf('run', at + 1);
  if (at === -1 || runAt === -1) return undefined;
  const isCompose = basename(command[at]!) === 'docker-compose';
  const flags = isCompose ? [] : command.slice(at + 1, runAt);
  const own = flags.findIndex((word) => word === 'compose' || word === 'container');
  return {
    program: [
      ...command.slice(0, at),
      isCompose ? 'docker' : command[at]!,
      ...(own === -1 ? flags : flags.slice(0, own)),
    ],
    after: runAt + 1,
  };
}

function placeOf({ state }: Place): string {
  return resolve(state);
}

function jsonIn(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
