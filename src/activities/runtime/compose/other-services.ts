import { parse } from 'yaml';
import { activeProfiles } from '../../../config/load/compose-files.ts';
import type { ComposeRuntime } from '../../../config/schema/runtime.ts';
import type { Target } from '../../../config/schema/target.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import { failureOf } from '../../../os/failure-of.ts';
import { passing } from '../../../os/failure.ts';
import { findContainers, type ProjectContainer } from './containers.ts';
import { bringUp } from './bring-up.ts';
import { onProject } from './project.ts';
import { isUp, restartsAgain, stateText } from './restarts.ts';
import { containersOf, stopContainers } from './service-containers.ts';

/** Those that the application depends on by its compose file, and what they depend on; or all but these. */
export type Which = 'needed' | 'others';

interface StartedServices {
  /** Those that did not run before. */
  readonly names: readonly string[];
  /** What people should know of how they were started, as text. */
  readonly notes?: readonly string[];
  /** Nobody knows which there are, because their configuration cannot be read: why, as text. */
  readonly unknown?: string;
}

/** What runs beside the application. */
export interface OtherServices {
  running(): Promise<string[]>;
  /** Error: `StartFailed`. */
  start(which: Which): Promise<StartedServices>;
  /** Stops all that run but these. Answers which. */
  stopExcept(names: readonly string[]): Promise<string[]>;
}

/** An application of one process has none. */
export const NO_SERVICES: OtherServices = {
  running: async () => [],
  start: async () => ({ names: [] }),
  stopExcept: async () => [],
};

export function composeServices(target: Target, runtime: ComposeRuntime): OtherServices {
  const { directory } = target;
  const call = onProject(directory, runtime);

  return {
    running,

    async start(which) {
      const known = await services().catch(whyUnknown);
      if (typeof known === 'string') return { names: [], unknown: known };
      const names = known[which];
      if (names.length === 0) return { names };
      const before = await running();
      const brought = await bringUp(target, runtime, names);
      const notes = await brought.notes();
      for (const name of names) await expectNotFailed(name);
      return { names: names.filter((name) => !before.includes(name)), notes };
    },

    async stopExcept(names) {
      const doomed = (await up()).filter(({ service }) => !names.includes(service));
      await stopContainers(doomed, inMilliseconds(runtime.stopGrace));
      return namesOf(doomed);
    },
  };

  async function running(): Promise<string[]> {
    return namesOf(await up());
  }

  async function up(): Promise<ProjectContainer[]> {
    const { containers } = await findContainers(directory, runtime);
    return containers.filter((one) => one.service !== runtime.service && isUp(one));
  }

  async function services(): Promise<Record<Which, string[]>> {
    const { services: known = {} } = parse(await call(['config'])) as {
      services?: Record<string, { depends_on?: string[] | object; profiles?: string[] }>;
    };
    const needsOf = (name: string): string[] => {
      const needs = known[name]?.depends_on ?? [];
      return Array.isArray(needs) ? needs : Object.keys(needs);
    };
    const needed = new Set(needsOf(runtime.service));
    for (const name of needed) for (const deeper of needsOf(name)) needed.add(deeper);
    needed.delete(runtime.service);
    // One with a profile that is not on is started by people who want it.
    const on = activeProfiles(directory, runtime);
    const isOn = ({ profiles = [] }: { profiles?: string[] }) =>
      profiles.length === 0 || on.includes('*') || profiles.some((one) => on.includes(one));
    const all = Object.keys(known).filter(
      (name) => name !== runtime.service && (needed.has(name) || isOn(known[name]!)),
    );
    return { needed: [...needed].toReversed(), others: all.filter((name) => !needed.has(name)) };
  }

  /** One that has done its work and ended well is no failure. */
  async function expectNotFailed(name: string): Promise<void> {
    const { containers } = await containersOf(directory, runtime, name);
    const failed = containers.find(
      (one) => restartsAgain(one) || (!one.State.Running && one.State.ExitCode !== 0),
    );
    if (failed)
      throw passing('StartFailed', `Service "${name}" does not run: ${stateText(failed)}`);
  }
}

function namesOf(containers: readonly ProjectContainer[]): string[] {
  return [...new Set(containers.map(({ service }) => service))];
}

/** Who cannot read the configuration does not stop what needs no other service. */
function whyUnknown(error: unknown): string {
  const { type, message } = failureOf(error);
  if (type !== 'CommandFailed' && type !== 'ComposeFileMissing') throw error;
  return `Compose cannot read its configuration: ${message}`;
}
