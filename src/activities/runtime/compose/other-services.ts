import { parse } from 'yaml';
import type { ComposeRuntime } from '../../../config/schema/runtime.ts';
import type { Target } from '../../../config/schema/target.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import { passing } from '../../../os/failure.ts';
import { type ContainerState, docker, findCompose } from './docker.ts';
import { CHECK_TIMEOUT, onProject } from './project.ts';

/** Those that the application depends on by its compose file, and what they depend on; or all but these. */
export type Which = 'needed' | 'others';

/** What runs beside the application. */
export interface OtherServices {
  running(): Promise<string[]>;
  /** Answers which of them it has started. Error: `StartFailed`. */
  start(which: Which): Promise<string[]>;
  /** Stops all that run but these. Answers which. */
  stopExcept(names: readonly string[]): Promise<string[]>;
}

const UP_WITHIN = 120_000;
const MARGIN = 30_000;

/** An application of one process has none. */
export const NO_SERVICES: OtherServices = {
  running: async () => [],
  start: async () => [],
  stopExcept: async () => [],
};

export function composeServices({ directory }: Target, runtime: ComposeRuntime): OtherServices {
  const call = onProject(directory, runtime);

  async function running(): Promise<string[]> {
    const { all } = await services();
    const states = await Promise.all(all.map(async (name) => ({ name, up: await isUp(name) })));
    return states.filter(({ up }) => up).map(({ name }) => name);
  }

  return {
    running,

    async start(which) {
      const names = (await services())[which];
      if (names.length === 0) return [];
      const before = await running();
      const up = ['up', '-d', '--no-build', '--no-deps'];
      // As for the application: to wait for a registry is a longer outage.
      if ((await findCompose()).major === 2) up.push('--pull', 'never');
      // Also those that run: they may run on another configuration.
      await call([...up, ...names], UP_WITHIN);
      for (const name of names) await expectNotFailed(name);
      return names.filter((name) => !before.includes(name));
    },

    async stopExcept(names) {
      const doomed = (await running()).filter((name) => !names.includes(name));
      if (doomed.length === 0) return [];
      const grace = inMilliseconds(runtime.stopGrace);
      const stop = ['stop', '-t', String(Math.ceil(grace / 1000)), ...doomed];
      await call(stop, grace + MARGIN);
      return doomed;
    },
  };

  async function services(): Promise<Record<Which | 'all', string[]>> {
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
    // One with a profile is started by people who want it.
    const all = Object.keys(known).filter(
      (name) => name !== runtime.service && (needed.has(name) || !known[name]!.profiles?.length),
    );
    return { all, needed: [...needed], others: all.filter((name) => !needed.has(name)) };
  }

  async function isUp(name: string): Promise<boolean> {
    return (await statesOf(name)).some(({ Running, Restarting }) => Running || Restarting);
  }

  /** One that has done its work and ended well is no failure. */
  async function expectNotFailed(name: string): Promise<void> {
    const failed = (await statesOf(name)).find(
      ({ Running, Restarting, ExitCode }) => Restarting || (!Running && ExitCode !== 0),
    );
    if (failed)
      throw passing(
        'StartFailed',
        `Service "${name}" does not run: ${failed.Status}, exit code ${failed.ExitCode}`,
      );
  }

  async function statesOf(name: string): Promise<ContainerState[]> {
    const ids = (await call(['ps', '-a', '-q', name])).split(/\s+/).filter(Boolean);
    if (ids.length === 0) return [];
    const options = { timeout: CHECK_TIMEOUT };
    const answer = await docker(['inspect', '--type', 'container', ...ids], options);
    return (JSON.parse(answer) as { State: ContainerState }[]).map(({ State }) => State);
  }
}
