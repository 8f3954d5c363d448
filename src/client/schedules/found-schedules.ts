import { isDeepStrictEqual } from 'node:util';
import { type Client, type ScheduleDescription, ScheduleNotFoundError } from '@temporalio/client';
import type { RuleMemo, WantedSchedule } from './wanted-schedules.ts';

/** Lies in the memo of every schedule that is made here: no other one is ever changed or deleted. */
export interface OwnerMemo {
  readonly madeBy: 'durable-runbooks';
  readonly target: string;
}

export async function findSchedule(
  client: Client,
  id: string,
): Promise<ScheduleDescription | undefined> {
  try {
    return await client.schedule.getHandle(id).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

/** Asks for each schedule once, whoever wants to know of it. */
export function findOnce(client: Client): typeof findSchedule {
  const found = new Map<string, ReturnType<typeof findSchedule>>();
  return (_, id) => {
    const known = found.get(id) ?? findSchedule(client, id);
    found.set(id, known);
    return known;
  };
}

/** The target for which a schedule was made here. Undefined: it was made elsewhere. */
export function ownerOf(memo: Record<string, unknown> | undefined): string | undefined {
  const { madeBy, target } = (memo ?? {}) as Partial<OwnerMemo>;
  return madeBy === ('durable-runbooks' satisfies OwnerMemo['madeBy']) ? target : undefined;
}

/** Every schedule that was made here, by its id. The list may be a second old: it only says what to look at, by the memo, which never changes. */
export async function ownSchedules(
  client: Client,
): Promise<{ readonly id: string; readonly target: string }[]> {
  const all: { id: string; target: string }[] = [];
  for await (const { scheduleId: id, memo } of client.schedule.list()) {
    const target = ownerOf(memo);
    if (target !== undefined) all.push({ id, target });
  }
  return all.toSorted((one, other) => (one.id < other.id ? -1 : 1));
}

/** What a schedule was made from. Empty when people have changed it in Temporal since. */
export function madeFrom({ action }: ScheduleDescription): Partial<RuleMemo> {
  return action.memo?.['schedule'] ?? {};
}

/** What in Temporal is not as the target says, each as text. Empty: nothing is to do. */
export function differences(found: ScheduleDescription, wanted: WantedSchedule): string[] {
  const was = madeFrom(found);
  if (was.fingerprint === undefined) return ['it was changed in Temporal'];
  const compared = (['when', 'catchUp', 'paused', 'input'] as const).flatMap((key) =>
    was[key] === wanted.memo[key] ? [] : [`${key}: ${was[key]} -> ${wanted.memo[key]}`],
  );
  if (compared.length > 0) return compared;
  if (was.fingerprint !== wanted.memo.fingerprint) return ['this version starts runs differently'];
  return isAsMade(found, wanted) ? [] : ['it was changed in Temporal'];
}

/** Times of a cron expression come back compiled: of those only the rest is compared. */
function isAsMade({ spec, policies }: ScheduleDescription, { options }: WantedSchedule): boolean {
  const { calendars, timezone, jitter } = options.spec;
  return (
    (calendars === undefined || isDeepStrictEqual(spec.calendars, calendars)) &&
    (spec.timezone ?? 'UTC') === timezone &&
    (spec.jitter ?? 0) === (jitter ?? 0) &&
    isDeepStrictEqual(policies, options.policies)
  );
}
