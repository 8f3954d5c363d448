import { z } from 'zod';

/** A poll lasts a minute: who was heard of longer ago is gone. */
export const MAX_SILENCE_MILLISECONDS = 70_000;
/** More workers of one target than anybody has. */
const MAX_WORKERS = 20;

/** It is shown to people: nothing that a terminal would obey. */
const text = z
  .string()
  .min(1)
  .max(300)
  .regex(/^\P{Cc}+$/u);
const longText = z
  .string()
  .min(1)
  .max(4096)
  .regex(/^\P{Cc}+$/u);

/** One worker that serves a target, as it says itself. */
export const ServingWorker = z.object({
  /** As Temporal knows it: `runbook@<host>/<pid>#<version>`. */
  identity: text,
  /** The id in the database of the target's claim: which state directory, and so which disk, it acts on. */
  place: z.uuid(),
  hostname: text,
  /** The ids that its state directory had on the machines from which it was carried here: what began there goes on here. */
  carried: z.array(z.uuid()).max(MAX_WORKERS).optional(),
  /** From one start of its machine to the next. Missing where the kernel has none. */
  bootId: text.optional(),
  pid: z.int().min(1),
  version: text,
  /** The state directory. */
  state: longText,
  /** The fingerprint of the policy by which runs begin. */
  policy: text,
  /** Since when it serves by that policy. ISO 8601, UTC. */
  since: z.iso.datetime(),
  /** Why it does not take the target's file as it is now. */
  trouble: longText.optional(),
});
export type ServingWorker = z.infer<typeof ServingWorker>;

/** Who serves one target, and from where: `serving/<target>` has it as its memo. */
export const Serving = z.object({
  workers: z.array(ServingWorker).max(MAX_WORKERS),
  /** The place from which it is served, or was last. */
  last: ServingWorker.optional(),
  /** The place from which it was served before that one. */
  before: ServingWorker.optional(),
  /** Places from which people have moved the target away. */
  left: z.array(z.uuid()).max(MAX_WORKERS).default([]),
});
export type Serving = z.infer<typeof Serving>;

/** What a worker asks before it serves a target. */
export const Registration = z.object({
  worker: ServingWorker,
  /** Identities that Temporal has not heard of for longer than they could be silent. */
  gone: z.array(text).max(100).default([]),
  /** A person moves the target here, whoever else serves it. */
  takeOver: z.boolean().default(false),
});
export type Registration = z.infer<typeof Registration>;

export const EMPTY: Serving = { workers: [], left: [] };

export function servingId(target: string): string {
  return `serving/${target}`;
}

/** Why a worker may not serve the target. */
export interface Elsewhere {
  /** `alive`: it is served from another place. `moved`: people have moved it there. */
  readonly why: 'alive' | 'moved';
  readonly by: ServingWorker;
}

/** Undefined: the worker may serve the target. `now` in ms since 1970. */
export function elsewhere(
  { workers, last, left }: Serving,
  { worker, gone, takeOver }: Registration,
  now: number,
): Elsewhere | undefined {
  if (takeOver) return undefined;
  const other = workers.find((one) => !isSamePlace(one, worker) && !isGone(one));
  if (other) return { why: 'alive', by: other };
  if (last && left.includes(worker.place) && last.place !== worker.place)
    return { why: 'moved', by: last };
  return undefined;

  /** Who has just registered may not have polled yet. */
  function isGone({ identity, since }: ServingWorker): boolean {
    return gone.includes(identity) && now - Date.parse(since) > MAX_SILENCE_MILLISECONDS;
  }
}

/** How it stands when the worker has been let in. */
export function registered(serving: Serving, { worker, gone, takeOver }: Registration): Serving {
  const { workers, last, before, left } = serving;
  const others = workers.filter(
    (one) =>
      one.identity !== worker.identity && isSamePlace(one, worker) && !gone.includes(one.identity),
  );
  const other = last && last.place !== worker.place ? last : undefined;
  // A copy of what was carried away is as old as that: nobody serves it again without being asked.
  const moved = [...(takeOver && other ? [other.place] : []), ...(worker.carried ?? [])];
  const former = other ?? before;
  return {
    workers: [...others, worker].slice(-MAX_WORKERS),
    last: worker,
    ...(former && { before: former }),
    left: [...new Set([...left, ...moved])]
      .filter((place) => place !== worker.place)
      .slice(-MAX_WORKERS),
  };
}

/** A worker that was let in says something new about itself. */
export function updated(serving: Serving, worker: ServingWorker): Serving {
  const { workers, last } = serving;
  if (!workers.some(({ identity }) => identity === worker.identity)) return serving;
  return {
    ...serving,
    workers: workers.map((one) => (one.identity === worker.identity ? worker : one)),
    ...(last?.identity === worker.identity && { last: worker }),
  };
}

export function withoutWorker(serving: Serving, identity: string): Serving {
  return { ...serving, workers: serving.workers.filter((one) => one.identity !== identity) };
}

/** Whether a state directory has come here from another machine: what was there is a copy of it, or nothing any more. */
export function wasCarried(from: ServingWorker | undefined, here: ServingWorker): boolean {
  return from?.place === here.place && !isSamePlace(from, here);
}

/** Whether the runs of place `here` go on where it was carried to. */
export function goesOnElsewhere(last: ServingWorker | undefined, here: string): boolean {
  return last !== undefined && last.place !== here && (last.carried ?? []).includes(here);
}

/** The same state directory on the same machine: a container has another host name each time, a machine another boot id. */
function isSamePlace(one: ServingWorker, other: ServingWorker): boolean {
  if (one.place !== other.place) return false;
  const isSameBoot = one.bootId !== undefined && one.bootId === other.bootId;
  return isSameBoot || one.hostname === other.hostname;
}
