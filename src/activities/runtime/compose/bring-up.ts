import type { ComposeRuntime } from '../../../config/schema/runtime.ts';
import type { Target } from '../../../config/schema/target.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import { failureOf } from '../../../os/failure-of.ts';
import { hasRenewal, isRenewalDue, noteRenewed } from '../../../state/renewal.ts';
import { changesOf } from './compare/changes.ts';
import { type InspectedContainer, inspectContainers } from './compare/inspected.ts';
import { findContainers } from './containers.ts';
import { docker } from './docker.ts';
import { makeContainers, UP_WITHIN } from './make-containers.ts';
import { onProject } from './project.ts';
import { restartsAgain, runs } from './restarts.ts';

export interface BroughtUp {
  /** What people should know of it, as text. Asks Compose: the services come up meanwhile. */
  notes(): Promise<string[]>;
}

const LABEL = 'com.docker.compose';

/**
 * Brings services up. One that has a container gets that one back as it was made, with its mounts, whatever has become of Compose files
 * and variables since: to apply those is for people, and never comes along with a recovery. Only where a run has changed the
 * configuration itself, on purpose, is the container made anew.
 */
export async function bringUp(
  { directory, state }: Pick<Target, 'directory' | 'state'>,
  runtime: ComposeRuntime,
  services: readonly string[],
): Promise<BroughtUp> {
  const call = onProject(directory, runtime);
  const { containers } = await findContainers(directory, runtime);
  const made = await inspectContainers(containers.map(({ Id }) => Id));
  const due = services.filter((service) => isRenewalDue({ state }, service));
  const madeOf = (service: string) => latestOf(made, service);
  const anew = services.filter((one) => due.includes(one) || madeOf(one).length === 0);
  const again = services.filter((service) => !anew.includes(service)).flatMap(madeOf);

  const renewed = anew.flatMap(madeOf);
  const purposes = renewed.length > 0 ? await changesOf(call, renewed) : { changes: [] };
  await startAgain(again);
  if (anew.length > 0) {
    await makeContainers(call, anew);
    noteRenewed({ state }, anew);
  }
  return {
    async notes() {
      const { changes, unreadable } =
        again.length > 0 ? await changesOf(call, again) : { changes: [] };
      return [
        ...purposes.changes.map((change) => `Made anew, because a run changed this: ${change}`),
        ...changes.map(
          (change) => `It stays as it was made, and Compose would change this now: ${change}`,
        ),
        ...(changes.length > 0 ? ['To apply changes is for people: docker compose up -d'] : []),
        ...(unreadable === undefined ? [] : [`It stays as it was made. ${unreadable}`]),
      ];
    },
  };

  async function startAgain(wanted: readonly InspectedContainer[]): Promise<void> {
    const states = new Map(containers.map((one) => [one.Id, one]));
    const down = wanted.filter(({ Id }) => !runs(states.get(Id)!));
    // Docker takes one whose next start it delays for running, and would not start it now.
    const delayed = down.filter(({ Id }) => restartsAgain(states.get(Id)!));
    const grace = inMilliseconds(runtime.stopGrace) / 1000;
    await onAll(['stop', '-t', String(Math.ceil(grace))], delayed);
    try {
      await onAll(['start'], down);
    } catch (error) {
      // Somebody has removed its network: only Compose can make another one.
      if (!/network \S+ not found/i.test(failureOf(error).message)) throw error;
      const { changes, unreadable } = await changesOf(call, down);
      if (changes.length > 0 || unreadable !== undefined) throw error;
      await makeContainers(call, [...new Set(down.map(serviceOf))], ['--force-recreate']);
    }
  }
}

/**
 * Makes those anew that run beside the application on a configuration that a run has changed: also when it has put it back. The
 * application does not wait for one that fails. Answers what people should know, as text.
 */
export async function renewOthers(
  target: Pick<Target, 'directory' | 'state'>,
  runtime: ComposeRuntime,
): Promise<string[]> {
  if (!hasRenewal(target)) return [];
  const { containers } = await findContainers(target.directory, runtime);
  const running = containers.filter((one) => one.service !== runtime.service && runs(one));
  const names = [...new Set(running.map(({ service }) => service))];
  const due = names.filter((service) => isRenewalDue(target, service));
  if (due.length === 0) return [];
  try {
    const brought = await bringUp(target, runtime, due);
    return await brought.notes();
  } catch (error) {
    return [`Cannot make ${due.join(', ')} anew: ${failureOf(error).message}`];
  }
}

async function onAll(command: readonly string[], containers: readonly InspectedContainer[]) {
  if (containers.length === 0) return;
  await docker([...command, ...containers.map(({ Id }) => Id)], { timeout: UP_WITHIN });
}

/** Where Compose was ended while it replaced one, the old one is still there under the same number. */
function latestOf(made: readonly InspectedContainer[], service: string): InspectedContainer[] {
  const latest = new Map<string, InspectedContainer>();
  for (const one of made.filter((container) => serviceOf(container) === service)) {
    const number = one.Config.Labels?.[`${LABEL}.container-number`] ?? '1';
    const other = latest.get(number);
    if (!other || Date.parse(one.Created) > Date.parse(other.Created)) latest.set(number, one);
  }
  return [...latest.values()];
}

function serviceOf({ Config }: InspectedContainer): string {
  return Config.Labels?.[`${LABEL}.service`] ?? '';
}
