import type { Proof } from '../../activities/app/app-activities.ts';
import type { StepSystems } from '../../activities/index.ts';
import { reasonOf } from '../../engine/run/ending.ts';
import { attempted } from './attempted.ts';

interface Up {
  /** Whether it did not run before. */
  readonly changed: boolean;
  /** ISO 8601, UTC. When it stays down: when that was found. */
  readonly readyAt: string;
  /** It stays down: it is contained, or was stopped on purpose. */
  readonly contained?: { readonly note: string };
  /** What people should know of how it was started, as text. */
  readonly note?: string;
}

type Starting = Pick<StepSystems, 'runtime' | 'http' | 'alerts' | 'proxy'>;

interface HowToStart {
  /** By who lifts the containment. */
  readonly lifting?: boolean;
  /** By a person who wants what was stopped on purpose to run again. */
  readonly asked?: boolean;
  /** Whoever asks lets users through later, when it is proven. */
  readonly behindProxy?: boolean;
}

/** A machine that starts anew more often does not become a good place. */
const MOST = 5;

/**
 * Starts the application, unless it runs, and waits until it is ready. One that is contained, or was stopped on purpose, stays
 * down. One that ends with its machine before it is ready is started again when that is back. Users whom a run before had kept out are let
 * through: nothing runs behind a closed proxy because somebody forgot.
 */
export async function startUntilReady(systems: Starting, how: HowToStart = {}): Promise<Up> {
  let changed = false;
  return untilNotLost(async () => {
    const started = await start(systems, how);
    changed ||= started.changed;
    const { contained } = started;
    if (contained) return { changed, contained, readyAt: new Date().toISOString() };
    const { readyAt } = await systems.http.expectReady();
    const shut = how.behindProxy ? undefined : await letThrough(systems, started);
    const notes = [started.note ?? [], shut ?? []].flat();
    return { changed, readyAt, ...(notes.length > 0 && { note: notes.join('. ') }) };
  });
}

/** Answers why users are kept out yet, as text: that it runs is no worse for it. */
async function letThrough(
  { proxy }: Pick<Starting, 'proxy'>,
  { closed }: { readonly closed?: string },
): Promise<string | undefined> {
  if (closed === undefined) return undefined;
  const opened = await attempted(proxy.open());
  return opened.reason && `Users are kept out by its proxy yet: ${opened.reason.message}`;
}

/**
 * As `runtime.start`. That it was stopped on purpose may be over by it: the alerts are let through that were held back for that. Who is
 * asked by a person does so when the start is proven.
 */
async function start({ runtime, alerts }: Starting, { lifting, asked }: HowToStart = {}) {
  const how = { ...(lifting && { lifting }), ...(asked && { asked }) };
  const started = await (lifting || asked ? runtime.start(how) : runtime.start());
  const { endedStop } = started;
  // A start is no worse for it, and their time ends by itself.
  if (endedStop !== undefined && !asked) await attempted(alerts.lift(endedStop));
  return started;
}

/** For the ledger. */
export function upText({ contained, note = '' }: Up): string {
  return contained ? `It stays down. ${contained.note}` : note;
}

interface Before {
  readonly running: boolean;
  /** It did not run, but was started again and again. */
  readonly restarting?: boolean;
  readonly ready: boolean;
}

/** For an undo: brings the application back to what it was before it was stopped. */
export async function startAsBefore(
  systems: Starting,
  { running, restarting = false, ready }: Before,
): Promise<void> {
  if (running && ready) await startUntilReady(systems);
  else if (running) await letThrough(systems, await start(systems));
  // What ended again and again may do so again: that is how it was.
  else if (restarting) await attempted(start(systems));
  else if (ready) await systems.http.expectReady();
}

/** Proves the application that this run has started. One that ended with its machine before that is started again. */
export async function proveStarted(
  systems: Starting & Pick<StepSystems, 'app'>,
  how: HowToStart = {},
): Promise<Proof> {
  return untilNotLost(
    () => systems.app.prove(),
    async () => (await startUntilReady(systems, how)).contained === undefined,
  );
}

/** The same as `http.expectReady` for one that this run has started. */
export async function expectReadyStarted(systems: Starting): Promise<void> {
  await untilNotLost(
    () => systems.http.expectReady(),
    async () => (await startUntilReady(systems)).contained === undefined,
  );
}

/** Tries again when the machine has started anew meanwhile, unless what must be done before says that it is in vain. */
async function untilNotLost<Result>(
  work: () => Promise<Result>,
  before: () => Promise<boolean> = async () => true,
): Promise<Result> {
  for (let tries = 1; ; tries += 1)
    try {
      return await work();
    } catch (error) {
      if (tries === MOST || reasonOf(error).type !== 'MachineRestarted') throw error;
      if (!(await before())) throw error;
    }
}
