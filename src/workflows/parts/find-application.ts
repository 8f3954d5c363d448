import type { StepSystems } from '../../activities/index.ts';
import { failed } from '../../engine/run/failed.ts';
import type { StopRecord, Stopped } from '../../state/stopped.ts';

interface Found {
  readonly running: boolean;
  readonly restarting?: boolean;
  readonly ready: boolean;
  /** Nobody has started it since. */
  readonly stopped?: Stopped;
  /** Somebody has. */
  readonly startedSince?: Stopped;
  /** Whether the target says how its proxy refuses users. */
  readonly drains: boolean;
  /** Why users are kept out by the proxy, as text. */
  readonly closed?: string;
  /** What it is like, as text. */
  readonly text: string;
}

type Systems = Pick<StepSystems, 'containment' | 'runtime' | 'http' | 'proxy'>;

/** How a person finds the application who wants it to run. Error: `Contained`. */
export async function findApplication({
  containment,
  runtime,
  http,
  proxy,
}: Systems): Promise<Found> {
  const { contained, stopped, startedSince } = await containment.find();
  if (contained) throw failed('Contained', contained.note);
  const { running, restarting, detail } = await runtime.describe();
  const ready = running && (await http.isReady());
  const { drains, closed } = await proxy.find();
  const text = [
    detail,
    ...(running && !ready ? ['It does not answer'] : []),
    stopped?.note ?? [],
    closed ?? [],
  ];
  return {
    running,
    ...(restarting && { restarting }),
    ready,
    ...(stopped && { stopped }),
    ...(startedSince && { startedSince }),
    drains,
    ...(closed !== undefined && { closed }),
    text: text.flat().join('. '),
  };
}

/** For an undo: the application that this run has started is down again, and on record as it was. */
export async function stopAgain(
  { runtime, lifecycle }: Pick<StepSystems, 'runtime' | 'lifecycle'>,
  stopped: Stopped | undefined,
): Promise<void> {
  await runtime.stop();
  if (stopped) await lifecycle.recordStopped(recordOf(stopped));
}

/** It runs: that it was stopped on purpose is over, and alerts come through again. */
export async function forget(
  { lifecycle, alerts }: Pick<StepSystems, 'lifecycle' | 'alerts'>,
  stopped: Stopped,
): Promise<void> {
  await lifecycle.removeStopped(stopped.run);
  await alerts.lift(stopped.run);
}

export function recordOf({ by, because, at, until, run }: Stopped): StopRecord {
  return { by, because, at, run, ...(until !== undefined && { until }) };
}

/** How long it takes to answer, and who keeps it down: what is contained, or stopped on purpose, is not slow. */
export async function measureApplication({
  containment,
  http,
}: Pick<StepSystems, 'containment' | 'http'>) {
  const { contained, stopped } = await containment.find();
  return { keptDown: contained ?? stopped, ...(await http.measure()) };
}
