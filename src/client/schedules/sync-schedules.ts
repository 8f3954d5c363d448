import {
  type Client,
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  ScheduleNotFoundError,
} from '@temporalio/client';
import type { Target } from '../../config/schema/target.ts';
import {
  differences,
  findSchedule,
  madeFrom,
  type OwnerMemo,
  ownerOf,
  ownSchedules,
} from './found-schedules.ts';
import { type ScheduleContext, type WantedSchedule, wantedSchedules } from './wanted-schedules.ts';

export interface ScheduleChange {
  /** `<target>/<runbook>`. */
  readonly id: string;
  readonly what: 'create' | 'update' | 'delete' | 'keep';
  /** What differs, or when it starts. */
  readonly why: readonly string[];
  /** The note of the person who paused it. It stays paused. */
  readonly paused?: string;
}

export interface ScheduleSync {
  readonly changes: readonly ScheduleChange[];
  /** What cannot be scheduled, and why. Such schedules stay as they are. */
  readonly faults: readonly string[];
  /** Targets that have schedules in this namespace and are not among those that were synced. Theirs stay. */
  readonly others: readonly string[];
}

interface SyncOptions extends ScheduleContext {
  /** True: answer what would change, and change nothing. */
  readonly plan?: boolean;
}

/**
 * Makes Temporal's schedules equal to what the targets say: creates, updates, and deletes those of ours that no rule of
 * these targets asks for any more. What is equal is not touched, and who paused one by hand finds it paused.
 */
export async function syncSchedules(
  client: Client,
  targets: readonly Target[],
  { plan = false, ...context }: SyncOptions = {},
): Promise<ScheduleSync> {
  const asked = targets.map((target) => wantedSchedules(target, context));
  const wanted = asked.flatMap(({ schedules }) => schedules);
  const faults = asked.flatMap(({ faults }) => faults);
  const named = new Set([...wanted, ...faults].map(({ id }) => id));
  const names = new Set(targets.map(({ name }) => name));
  const { orphans, others } = await unasked(client, names, named);

  const changes: ScheduleChange[] = [];
  const unmanaged: string[] = [];
  for (const one of wanted) {
    const found = await findSchedule(client, one.id);
    if (found && ownerOf(found.memo) === undefined)
      unmanaged.push(
        `Cannot schedule "${one.id}": there is one of that name that was not made here`,
      );
    else changes.push(await settle(client, one, found, plan));
  }
  for (const id of orphans) {
    // The list may still have what is gone.
    if (!(await findSchedule(client, id))) continue;
    if (!plan) await removeSchedule(client, id);
    changes.push({ id, what: 'delete', why: ['no target asks for it'] });
  }
  return { changes, faults: [...faults.map(({ message }) => message), ...unmanaged], others };
}

async function settle(
  client: Client,
  wanted: WantedSchedule,
  found: ScheduleDescription | undefined,
  plan: boolean,
): Promise<ScheduleChange> {
  const { id, when } = wanted;
  if (!found) {
    if (!plan) await create(client, wanted);
    return { id, what: 'create', why: [when] };
  }
  const why = differences(found, wanted);
  const state = stateAfter(found, wanted);
  const paused = state.paused && !wanted.memo.paused ? { paused: state.note ?? '' } : {};
  if (why.length === 0) return { id, what: 'keep', why: [when], ...paused };
  if (!plan) {
    const handle = client.schedule.getHandle(id);
    // Somebody may have paused it since it was compared: what is kept is the state of this moment.
    await handle.update((now) => ({ ...wanted.options, state: stateAfter(now, wanted) }));
  }
  return { id, what: 'update', why, ...paused };
}

async function create(client: Client, { id, target, options, memo }: WantedSchedule) {
  const owner: OwnerMemo = { madeBy: 'durable-runbooks', target };
  const state = memo.paused ? { paused: true, note: PAUSED_BY_TARGET } : {};
  try {
    await client.schedule.create({ scheduleId: id, ...options, state, memo: { ...owner } });
  } catch (error) {
    // Another worker of the same target was faster.
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}

/** One that is gone already is no error. */
export async function removeSchedule(client: Client, id: string): Promise<void> {
  try {
    await client.schedule.getHandle(id).delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}

const PAUSED_BY_TARGET = 'Paused by its target';

/** Paused by hand stays paused, resumed by hand stays resumed: the target decides only where it says something new. */
function stateAfter(found: ScheduleDescription, { memo }: WantedSchedule) {
  const { state } = found;
  if (memo.paused === (madeFrom(found).paused ?? false)) return state;
  if (memo.paused) return state.paused ? state : { ...state, paused: true, note: PAUSED_BY_TARGET };
  return state.note === PAUSED_BY_TARGET ? { ...state, paused: false, note: '' } : state;
}

async function unasked(
  client: Client,
  targets: ReadonlySet<string>,
  named: ReadonlySet<string>,
): Promise<{ readonly orphans: string[]; readonly others: string[] }> {
  const orphans: string[] = [];
  const others = new Set<string>();
  for (const { id, target } of await ownSchedules(client))
    if (!targets.has(target)) others.add(target);
    else if (!named.has(id)) orphans.push(id);
  return { orphans, others: [...others].toSorted() };
}
