import type { ComposeRuntime } from '../../../config/schema/runtime.ts';
import { failureOf } from '../../../os/failure-of.ts';
import { splitLines } from '../../../os/process/last-lines.ts';
import { findContainers, type ProjectContainer } from './containers.ts';
import { docker, dockerOutputs } from './docker.ts';
import { CHECK_TIMEOUT } from './project.ts';

/** What docker itself may need beyond the container's grace. */
const MARGIN = 30_000;

interface ServiceContainers {
  readonly containers: readonly ProjectContainer[];
  readonly notes: readonly string[];
}

/** The containers of one service, for looking and for stopping: that works when their Compose file is gone. */
export async function containersOf(
  directory: string,
  runtime: ComposeRuntime,
  service: string,
): Promise<ServiceContainers> {
  const { containers, notes } = await findContainers(directory, runtime);
  return { containers: containers.filter((one) => one.service === service), notes };
}

/** By TERM, and by KILL after their grace; what was stopped so is not started again by Docker. */
export async function stopContainers(
  containers: readonly ProjectContainer[],
  grace: number,
): Promise<void> {
  await onAll(['stop', '-t', String(Math.ceil(grace / 1000))], containers, grace + MARGIN);
}

/** By TERM alone. Docker takes them for stopped on purpose all the same, and starts none again that ends later. */
export async function askContainersToStop(
  containers: readonly ProjectContainer[],
  grace: number,
): Promise<void> {
  try {
    // -1: without an end. It is our client that is ended after the grace; the order stands.
    await onAll(['stop', '-t', '-1'], containers, grace);
  } catch (error) {
    // Whether anything runs still, the caller sees.
    if (failureOf(error).type !== 'CommandTimeout') throw error;
  }
}

export async function pauseContainers(containers: readonly ProjectContainer[]): Promise<void> {
  const going = containers.filter(({ State }) => State.Running && !State.Paused);
  await onAll(['pause'], going);
}

export async function unpauseContainers(containers: readonly ProjectContainer[]): Promise<void> {
  await onAll(
    ['unpause'],
    containers.filter(({ State }) => State.Paused),
  );
}

async function onAll(
  command: readonly string[],
  containers: readonly ProjectContainer[],
  timeout = CHECK_TIMEOUT,
): Promise<void> {
  if (containers.length === 0) return;
  await docker([...command, ...containers.map(({ Id }) => Id)], { timeout });
}

/** What they printed last on both of their outputs, in the order of its time. */
export async function logsOf(
  containers: readonly ProjectContainer[],
  lines: number,
): Promise<string[]> {
  const texts = await Promise.all(
    containers.map(({ Id }) =>
      dockerOutputs(['logs', '--timestamps', '--tail', String(lines), Id], {
        timeout: CHECK_TIMEOUT,
      }),
    ),
  );
  return texts
    .flatMap((text) => text.split('\n'))
    .filter(Boolean)
    .map((line) => ({ at: line.slice(0, TIME_LENGTH), text: line.slice(TIME_LENGTH + 1) }))
    .toSorted((one, other) => (one.at < other.at ? -1 : Number(one.at > other.at)))
    .slice(-lines)
    .flatMap(({ text }) => splitLines(text, 1));
}

/** Of `2026-01-05T02:00:00.000000000Z`. */
const TIME_LENGTH = 30;
