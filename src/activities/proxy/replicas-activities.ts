import { basename } from 'node:path';
import type { Target } from '../../config/schema/target.ts';
import { countText } from '../../config/text/count-text.ts';
import type { Stamp } from '../../config/time/stamp.ts';
import { acting } from '../../os/acting.ts';
import { passing } from '../../os/failure.ts';
import { lastComposeText } from '../runtime/compose/limits/compose-text.ts';
import { resolvedService } from '../runtime/compose/limits/limited-service.ts';
import { countIn, persistCount, withCount } from '../runtime/compose/replicas/persist-count.ts';
import { expectPorts, expectReplicable } from '../runtime/compose/replicas/replicable.ts';
import { type Replica, replicasOf } from '../runtime/compose/replicas/replicas-of.ts';
import { haveAtLeast, haveFewerThan, noteCount } from '../runtime/compose/replicas/set-count.ts';
import { readUpstream } from '../runtime/compose/replicas/upstream.ts';
import { shown } from '../runtime/door/nginx.ts';
import { awaitIdleOf, expectAllHealthy, expectHealthy } from './replicas/awaits.ts';
import { goBackToCount, type WentBack } from './replicas/go-back.ts';
import { letThroughTo } from './replicas/let-through-to.ts';

export interface FoundReplicas {
  /** So many are there, run, are reached through the proxy and persisted already. */
  readonly same: boolean;
  readonly count: number;
  /** Where in the order those are that are to come, or to go: 2 is the second. */
  readonly add: readonly number[];
  readonly remove: readonly number[];
  readonly note: string;
}

/**
 * Containers of one service behind one proxy, on a database for many writers. A replica is named by its place in their order. Errors of all:
 * `NotApplicable`, and those of Docker.
 */
export function replicaActivities(target: Target) {
  const at = async (runtime: Parameters<typeof replicasOf>[1], place: number): Promise<Replica> => {
    const replica = (await replicasOf(target, runtime))[place - 1];
    if (replica) return replica;
    throw passing('NotReady', `There is no replica ${place}`);
  };

  return {
    /** Demands that there can be so many, before anything is changed. Errors: `NotReady`, `ProxyRefused`. */
    async find(wanted: number): Promise<FoundReplicas> {
      const runtime = expectReplicable(target);
      const service = await resolvedService(target, runtime);
      expectPorts(service, runtime.service, wanted);
      const place = lastComposeText(target.directory, runtime);
      withCount(place, runtime.service, service, wanted);
      const found = await replicasOf(target, runtime);
      if (found.length === 0)
        throw passing(
          'NotReady',
          `Service "${runtime.service}" has no container: start-application`,
        );
      const { include } = await expectIncluded();
      const through = readUpstream(target) ?? [];
      const running = found.filter((one) => one.running);
      const reached = running.filter(({ address }) => address && through.includes(address));
      const places = (from: number, to: number) =>
        Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index + 1);
      return {
        same:
          [found, running, reached, through].every(({ length }) => length === wanted) &&
          countIn(service) === wanted,
        count: found.length,
        // One that is there and down, or that no user reaches, is brought up like one that is missing.
        add: found.length <= wanted ? places(Math.min(reached.length, wanted), wanted) : [],
        remove: places(wanted, found.length).toReversed(),
        note: `${countText(found.length, 'replica')}, ${running.length} of them running, ${reached.length} reached through the proxy by "${include}". How many stands in "${basename(place.file)}"`,
      };
    },

    /** Sees to it that the first `place` replicas are there and run. What there was before is kept first. */
    start: acting(async (stamp: Stamp, place: number): Promise<{ readonly changed: boolean }> => {
      const runtime = expectReplicable(target);
      await noteCount(target, runtime, stamp);
      return haveAtLeast(target, runtime, place);
    }),

    /** Asks it for its health, past the proxy. Error: `NotReady`. */
    async expectHealthy(place: number): Promise<{ readonly note: string }> {
      return expectHealthy(target, await at(expectReplicable(target), place));
    },

    /** Lets users through to the first `count`, and to no others; who is connected stays so. Errors: `NotReady`, `ProxyRefused`. */
    letThrough: acting(
      async (
        stamp: Stamp,
        count: number,
      ): Promise<{ readonly changed: boolean; readonly since: string }> => {
        const runtime = expectReplicable(target);
        await noteCount(target, runtime, stamp);
        return letThroughTo(target, runtime, count);
      },
    ),

    /** Waits for those who are connected to it, as long as the grace that began at `since`. */
    async awaitIdle(place: number, since: string): Promise<{ readonly note: string }> {
      const runtime = expectReplicable(target);
      const replica = (await replicasOf(target, runtime))[place - 1];
      if (!replica?.running) return { note: `Replica ${place} does not run` };
      return awaitIdleOf(target, replica, since);
    },

    /** Stops and removes the one at this place, to which no user is let through any more, when those that stay are healthy yet. Errors: `NotReady`, `Refused`. */
    remove: acting(async (stamp: Stamp, place: number): Promise<{ readonly changed: boolean }> => {
      const runtime = expectReplicable(target);
      await noteCount(target, runtime, stamp);
      const found = await replicasOf(target, runtime);
      // One of them may have died while connections were waited for. The undo lets users through to this one again.
      if (found.length >= place) await expectAllHealthy(target, found.slice(0, place - 1));
      return haveFewerThan(target, runtime, place);
    }),

    /** Writes how many into the last of its Compose files. */
    persist: acting(async (stamp: Stamp, count: number) =>
      persistCount(target, expectReplicable(target), stamp, count),
    ),

    /** Demands that so many run and are healthy, that users reach all of them, and that Compose would make as many. Error: `ReplicasDiffer`. */
    async expectCount(count: number): Promise<{ readonly note: string }> {
      const runtime = expectReplicable(target);
      const found = await replicasOf(target, runtime);
      const through = readUpstream(target) ?? [];
      const reached = found.filter(({ address }) => address && through.includes(address));
      const persisted = countIn(await resolvedService(target, runtime));
      for (const [what, got] of [
        ['are there', found.length],
        ['are reached through the proxy', reached.length],
        ['would be made by Compose', persisted],
      ] as const)
        if (got !== count)
          throw passing('ReplicasDiffer', `Expected ${count} replicas, and ${got} ${what}`);
      return { note: (await expectAllHealthy(target, found)).join('; ') };
    },

    /** Brings back as many as there were before a run. Nothing where it has changed nothing. */
    goBack: acting(async (stamp: Stamp): Promise<WentBack> => {
      const { runtime } = target;
      return runtime.kind === 'compose'
        ? goBackToCount(target, runtime, stamp)
        : { changed: false };
    }),
  };

  /** Before anything is made that nobody would reach. Error: `ProxyRefused`. */
  async function expectIncluded(): Promise<{ readonly include: string }> {
    const { include, command } = target.proxy!.replicas!;
    const text = await shown(target, { command });
    // As nginx heads each file; in a container it may lie elsewhere.
    if (text.includes(`/${basename(include)}:\n`)) return { include };
    throw passing(
      'ProxyRefused',
      `The proxy does not include "${include}": name it in an "upstream", see docs/lifecycle.md`,
    );
  }
}
