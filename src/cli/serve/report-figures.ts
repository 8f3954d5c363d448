import { databaseFiles } from '../../config/load/database-text.ts';
import { dirname } from 'node:path';
import type { Client } from '@temporalio/client';
import { reportAlert } from '../../client/incidents/report-alert.ts';
import { signalIfOpen } from '../../client/incidents/signal-if-open.ts';
import type { Target } from '../../config/schema/target.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import { alertOf, keyOf } from '../../figures/alert-of.ts';
import type { Figure } from '../../figures/figure.ts';
import { type Beside, type FigureChange, openWatch } from '../../figures/watch.ts';
import { incidentId } from '../../incident/alert-report.ts';
import { writeKnownFaults } from '../../state/figures/known-faults.ts';
import { startedAt } from '../local/started-at.ts';
import { endedSince } from '../local/status/ended-since.ts';
import { type StartedSince, startedSince } from '../local/status/started-since.ts';
import { endStop, recordEnded } from './end-stop.ts';
import { reportOf, severityOf } from './report-of.ts';
import { isTakenDown } from './taken-down.ts';
import type { EndingStop } from '../../state/stopped.ts';

const LIMIT_MILLISECONDS = 10_000;

interface Asked {
  readonly soon: boolean;
}

/** Stopped on purpose, and started since; asked to end on purpose, and ended since. */
interface OnPurpose {
  readonly started: StartedSince | undefined;
  readonly ended: EndingStop | undefined;
}

/** What is remembered of one target from sample to sample. */
interface Watched {
  readonly watch: ReturnType<typeof openWatch>;
  /** The time of the newest report of each alert, in ms since 1970. */
  readonly saidAt: Map<string, number>;
}

/**
 * Opens and resolves incidents by what is measured, and starts what the target's `alerts` name: without Prometheus. What was stopped
 * on purpose and runs is no longer held to be stopped. Answers whether a proof has failed and is to be asked again soon.
 */
export function reportFigures(client: Client, queue?: string) {
  const all = new Map<string, Watched>();

  return async (target: Target, figures: readonly Figure[]): Promise<Asked> => {
    const started = await startedSince(target).catch(() => undefined);
    const ended = await endedSince(target).catch(() => undefined);
    const starts = figures.some(isFailedProof) ? await startOf(target) : {};
    // While Temporal does not answer it is measured on: what could not be told is told after the next sample.
    const until = Date.now() + LIMIT_MILLISECONDS;
    return client.withDeadline(until, () => judge(target, figures, { started, ended }, starts));
  };

  async function judge(
    target: Target,
    figures: readonly Figure[],
    { started, ended }: OnPurpose,
    starts: Pick<Beside, 'starts'>,
  ): Promise<Asked> {
    const takenDown = await isTakenDown(client, target);
    // A disk that cannot be written must not keep people from hearing of the rest.
    if (started && !takenDown) await endStop(client, target, started, queue).catch(() => {});
    if (ended && !takenDown) await recordEnded(client, target, ended, queue).catch(() => {});
    const watched = all.get(target.name) ?? { watch: openWatch(), saidAt: new Map() };
    all.set(target.name, watched);
    const { watch, saidAt } = watched;
    const { changes, soon } = watch.take(figures, {
      takenDown,
      ...starts,
      isNeeded: (disk) => isNeeded(target, disk),
      severityOf: (alert) => severityOf(target, alert),
    });
    try {
      for (const change of changes) {
        const at = later(saidAt.get(keyOf(change.alert)));
        const stillOpen = await report(target, change, at);
        saidAt.set(keyOf(change.alert), at);
        watch.told(change, { stillOpen });
      }
    } finally {
      keep(target, takenDown, watch.firing());
    }
    return { soon };
  }

  /** Answers whether its incident is open, as far as is known. */
  async function report(target: Target, change: FigureChange, at: number): Promise<boolean> {
    const said = reportOf(target, change, new Date(at).toISOString());
    if (change.status === 'resolved')
      return signalIfOpen(client, incidentId(target.name, said.fingerprint), 'report', said);
    await reportAlert(client, said, queue);
    return true;
  }
}

/** After what was said before, also when the clock was set back since: an incident drops what is older. */
function later(before = 0): number {
  return Math.max(Date.now(), before + 1);
}

/** For the checks. A disk that takes nothing more must not keep people from hearing of it. */
function keep(target: Target, takenDown: boolean, alerts: readonly string[]): void {
  try {
    writeKnownFaults(target, { at: new Date().toISOString(), takenDown, alerts: [...alerts] });
  } catch {
    // The checks page once more, then.
  }
}

function isFailedProof(figure: Figure): boolean {
  return figure.verdict === 'critical' && alertOf(figure).proof === true;
}

async function startOf(target: Target): Promise<Required<Pick<Beside, 'starts'>>> {
  const within = inMilliseconds(target.app.ready.within);
  return { starts: { at: await startedAt(target), within } };
}

/** Not that of the backups. */
function isNeeded({ database, directory, state }: Target, { name }: Figure): boolean {
  const needed = [...databaseFiles(database).map(dirname), directory, state];
  return needed.some((place) => name.endsWith(` ${place}`));
}
