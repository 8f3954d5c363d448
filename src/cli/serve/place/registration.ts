import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import {
  changeWorker,
  expectPlaceFree,
  registerWorker,
  unregisterWorker,
} from '../../../client/serving/register-worker.ts';
import { identityOf } from '../../../client/connection/identity-of.ts';
import { viewServing } from '../../../client/serving/view-serving.ts';
import { fingerprintOf } from '../../../config/fingerprint.ts';
import type { Target } from '../../../config/schema/target.ts';
import { goesOnElsewhere, type ServingWorker, wasCarried } from '../../../config/serving.ts';
import { UsageError } from '../../../config/usage-error.ts';
import { version, workerIdentity } from '../../../config/version.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { bootId } from '../../../os/process/boot-id.ts';
import { carriedTo, placeOf, renewPlace } from '../../../state/place.ts';
import { keepTemporalOfTarget, otherTemporal, temporalOfTarget } from './temporal-of-target.ts';
import type { Registry } from '../../../worker.ts';
import { expectOwnTemporal, takeForTemporal, temporalText } from './expect-own-temporal.ts';
import { refusalOf } from '../../output/refusal-of.ts';
import { sayOf } from '../../output/say.ts';

const AGAIN_MILLISECONDS = 2000;

export interface Registration extends Registry {
  /** Reads only. Error: `UsageError` while another place serves one of the targets, or another Temporal has its runs. */
  expectFree(): Promise<void>;
  /** Makes this Temporal that of targets which have none yet, before schedules are made in it. Error: `UsageError`, when another was faster. */
  take(): Promise<void>;
  /** What this worker says of itself has changed: its policy, or why it does not take the file as it is. */
  change(target: Target, trouble?: string): Promise<void>;
  /** Who has the target now, when people have moved it away from here. */
  movedTo(target: Target): Promise<Moved | undefined>;
}

interface Moved {
  readonly who: string;
  /** Whether the runs that began here go on there, too: the state directory was carried there. */
  readonly withItsRuns: boolean;
}

/** Enters this process where all know who serves a target, before it polls, and takes it out when it has stopped. */
export function openRegistration(
  client: Client,
  targets: readonly Target[],
  { takeOver, isOurs }: { readonly takeOver: boolean; readonly isOurs: boolean },
): Registration {
  const entered = new Map<string, ServingWorker>();

  return {
    async expectFree() {
      if (!takeOver) await expectOwnTemporal(client, targets, isOurs);
      for (const target of targets) {
        const place = (await placeOf(target).catch(() => undefined)) ?? randomUUID();
        await expectPlaceFree(client, target.name, entryOf(target, place), { takeOver });
      }
    },

    async take() {
      if (!takeOver) await takeForTemporal(client, targets, isOurs);
    },

    async register(target, place, trouble) {
      const { name, state } = target;
      if (place === undefined) {
        await expectPlaceFree(client, name, entryOf(target, randomUUID()), { takeOver });
        return sayOf(
          { target: name },
          `Warning: ${whyUnwritten(state, trouble)}: nobody keeps another host from serving "${name}"`,
        );
      }
      const before = (await viewServing(client, name).catch(() => undefined))?.last;
      const entry = await entryHere(target, place, before);
      await untilAnswered(name, () => registerWorker(client, name, entry, { takeOver }));
      entered.set(name, entry);
      await keepTemporal(target);
      if (before && before.place !== entry.place)
        sayOf(
          { target: name },
          before.hostname === entry.hostname && before.state === state
            ? `Warning: ${whatIsNew(target)}, and nobody knows what runs left incomplete. Look: runbook doctor ${name} (docs/own-recovery.md)`
            : `"${name}" is served from here now: before, from host "${before.hostname}" (state in "${before.state}")`,
        );
    },

    async leave() {
      const all = [...entered.values()];
      const names = [...entered.keys()];
      entered.clear();
      const taken = names.map((name, index) => left(client, name, all[index]!.identity));
      await Promise.allSettled(taken);
    },

    async change(target, trouble) {
      const known = entered.get(target.name);
      if (!known) return;
      const { place, carried } = known;
      const entry = {
        ...entryOf(target, place, carried),
        ...(trouble !== undefined && { trouble }),
      };
      entered.set(target.name, entry);
      await changeWorker(client, target.name, entry);
    },

    async movedTo(target) {
      const { name } = target;
      const own = entered.get(name);
      if (!own) return undefined;
      const other = otherTemporal(target, await identityOf(client));
      if (other) {
        const who = `${temporalText(other)} has its runs and schedules since ${other.since}`;
        return { who, withItsRuns: false };
      }
      const { last, workers = [] } = (await viewServing(client, name)) ?? {};
      if (last && last.place !== own.place)
        return {
          who: `process ${last.pid} on host "${last.hostname}" (state in "${last.state}") serves it`,
          withItsRuns: goesOnElsewhere(last, own.place),
        };
      // Temporal has forgotten it, or a worker that came meanwhile took this one for gone.
      if (!workers.some(({ identity }) => identity === own.identity))
        await registerWorker(client, name, own);
      return undefined;
    },
  };

  /** What is known of a state directory that was carried here, from a host that may come back, is true of another place. */
  async function entryHere(
    target: Target,
    place: string,
    before: ServingWorker | undefined,
  ): Promise<ServingWorker> {
    const entry = entryOf(target, place, await carriedTo(target));
    if (!wasCarried(before, entry)) return entry;
    // Whoever is refused has changed nothing.
    await untilAnswered(target.name, () =>
      expectPlaceFree(client, target.name, entry, { takeOver }),
    );
    return entryOf(target, await renewPlace(target), await carriedTo(target));
  }

  /** From now on the target's runs and schedules are in this Temporal. */
  async function keepTemporal(target: Target): Promise<void> {
    const here = await identityOf(client);
    const before = temporalOfTarget(target);
    if (before?.namespaceId === here.namespaceId && before.address === here.address) return;
    if (before && before.namespaceId !== here.namespaceId)
      sayOf(
        { target: target.name },
        `The runs and schedules of "${target.name}" are in ${temporalText(here)} now: before, in ${temporalText(before)}`,
      );
    keepTemporalOfTarget(target, here);
  }
}

function entryOf(target: Target, place: string, carried: readonly string[] = []): ServingWorker {
  const boot = bootId();
  return {
    identity: workerIdentity(),
    place,
    ...(carried.length > 0 && { carried: [...carried] }),
    hostname: hostname(),
    ...(boot !== undefined && { bootId: boot }),
    pid: process.pid,
    version,
    state: target.state,
    policy: fingerprintOf(target),
    since: new Date().toISOString(),
  };
}

/** Of a state directory with another claim than before: all of it may be new, or `claim.db` alone was. */
function whatIsNew({ name, state }: Target): string {
  const wasThere = ['audit.jsonl', 'runs'].some((part) => isThere(join(state, part)));
  return wasThere
    ? `"${join(state, 'claim.db')}" of "${name}" is not the one that was here before`
    : `The state directory "${state}" of "${name}" is not the one that was here before: its claim, audit and keys are gone`;
}

function whyUnwritten(state: string, trouble: unknown): string {
  const refusal = refusalOf(trouble);
  return refusal ? `${refusal.sentence} (${refusal.hint})` : `Cannot write in "${state}"`;
}

/** Who may not serve the target is refused; whatever else is wrong with Temporal passes, or nothing could be served anyway. */
async function untilAnswered(target: string, register: () => Promise<void>): Promise<void> {
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await register();
    } catch (error) {
      if (error instanceof UsageError) throw error;
      if (isFirst)
        sayOf({ target }, `Waiting: cannot register for "${target}": ${(error as Error).message}`);
      await sleep(AGAIN_MILLISECONDS);
    }
  }
}

/** So long it may take until our own workflows have taken it in: what is read of it is the memo. */
const LEAVE_MILLISECONDS = 3000;

async function left(client: Client, target: string, identity: string): Promise<void> {
  await unregisterWorker(client, target, identity);
  const deadline = Date.now() + LEAVE_MILLISECONDS;
  while (Date.now() < deadline) {
    const { workers = [] } = (await viewServing(client, target)) ?? {};
    if (!workers.some((one) => one.identity === identity)) return;
    await sleep(50);
  }
}
