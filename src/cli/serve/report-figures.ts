import { dirname, join } from 'node:path';
import type { Client } from '@temporalio/client';
import { catalogue } from '../../client/catalogue.ts';
import { reportAlert } from '../../client/incidents/report-alert.ts';
import { signalIfOpen } from '../../client/incidents/signal-if-open.ts';
import { isOpenRun } from '../../client/runs/is-open-run.ts';
import { type AlertRule, matches } from '../../config/schema/alerts.ts';
import type { Target } from '../../config/schema/target.ts';
import type { FigureAlert } from '../../figures/alert-of.ts';
import type { Figure } from '../../figures/figure.ts';
import { type FigureChange, openWatch } from '../../figures/watch.ts';
import { type AlertReport, incidentId } from '../../incident/alert-report.ts';
import { places, reading } from '../../state/claim-database.ts';
import type { Stopped } from '../../state/stopped.ts';
import { startedSince } from '../local/started-since.ts';
import { endStop } from './end-stop.ts';

const LIMIT_MILLISECONDS = 10_000;

interface Asked {
  readonly soon: boolean;
}

/**
 * Opens and resolves incidents by what is measured, and starts what the target's `alerts` name: without Prometheus. What was stopped
 * on purpose and runs is no longer held to be stopped. Answers whether a proof has failed and is to be asked again soon.
 */
export function reportFigures(client: Client, queue?: string) {
  const watches = new Map<string, ReturnType<typeof openWatch>>();

  return async (target: Target, figures: readonly Figure[]): Promise<Asked> => {
    const stopped = await startedSince(target).catch(() => undefined);
    // While Temporal does not answer it is measured on: what could not be told is told after the next sample.
    const until = Date.now() + LIMIT_MILLISECONDS;
    return client.withDeadline(until, () => judge(target, figures, stopped));
  };

  /** `stopped`: on purpose, and started by hand since. */
  async function judge(
    target: Target,
    figures: readonly Figure[],
    stopped: Stopped | undefined,
  ): Promise<Asked> {
    // Whoever stops the application himself sees to it that it starts, and pages when it does not.
    if (await isTakenDown(client, target)) {
      watches.get(target.name)?.forget();
      return { soon: false };
    }
    // A disk that cannot be written must not keep people from hearing of the rest.
    if (stopped) await endStop(client, target, stopped).catch(() => {});
    const watch = watches.get(target.name) ?? openWatch((disk) => isNeeded(target, disk));
    watches.set(target.name, watch);
    const { changes, soon } = watch.take(figures);
    for (const change of changes) {
      await report(client, target, change, queue);
      watch.told(change);
    }
    return { soon };
  }
}

async function report(
  client: Client,
  target: Target,
  change: FigureChange,
  queue?: string,
): Promise<void> {
  const said = reportOf(target, change);
  if (change.status === 'firing') await reportAlert(client, said, queue);
  else await signalIfOpen(client, incidentId(target.name, said.fingerprint), 'report', said);
}

export function reportOf(target: Target, { status, alert, figures }: FigureChange): AlertReport {
  const rule = target.alerts.find((one) => takes(one, target, alert));
  return {
    target: target.name,
    fingerprint: fingerprintOf(alert),
    status,
    severity: rule?.severity ?? alert.severity,
    title: `${alert.title}: ${target.name}`,
    ...(figures.length > 0 && { details: figures.map(lineOf).join('\n').slice(0, 8000) }),
    source: 'figures',
    at: new Date().toISOString(),
    ...(rule?.runbook && { remediation: rule.runbook }),
    ...(rule?.hold && { hold: rule.hold }),
  };
}

/** As the gateway does with labels of others. */
function takes({ match }: AlertRule, { name }: Target, { alertname }: FigureAlert): boolean {
  const labels: Readonly<Record<string, string>> = { alertname, target: name, source: 'figures' };
  return Object.entries(match).every(
    ([label, pattern]) => Object.hasOwn(labels, label) && matches(pattern, labels[label]!),
  );
}

/** `measured-application-down`: none that a run or another source of alerts has. */
function fingerprintOf({ alertname }: FigureAlert): string {
  const words = alertname.replaceAll(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();
  return `measured-${words}`;
}

function lineOf({ name, note, limit, action }: Figure): string {
  const more = [limit, action].filter((one) => one !== undefined);
  return `${name}: ${note}${more.length > 0 ? ` (${more.join('; ')})` : ''}`;
}

/** Not that of the backups. */
function isNeeded({ database, directory, state }: Target, { name }: Figure): boolean {
  const needed = [dirname(database.file), directory, state];
  return needed.some((place) => name.endsWith(` ${place}`));
}

/** By a run that goes on, and has lines in which the application is down. Other runs, such as a backup, take nothing down. */
async function isTakenDown(client: Client, { state }: Target): Promise<boolean> {
  // Where that cannot be read, such as on a full disk, nothing is held back.
  const holders = await reading(join(state, 'claim.db'), places).catch(() => []);
  const taking = holders.filter(({ holder }) => takesDown(holder));
  const open = await Promise.all(taking.map(({ holder }) => isOpenRun(client, holder)));
  return open.includes(true);
}

function takesDown(run: string): boolean {
  const [first, , ...rest] = run.split('/');
  const facts = catalogue.get(first === 'incident' ? rest.at(-1)! : first!);
  return (
    facts?.downtime !== undefined || facts?.family === 'lifecycle' || facts?.family === 'recovery'
  );
}
