import { isDown } from '../../engine/run/downtime.ts';
import { catalogue } from '../catalogue.ts';
import type { RunView } from './view-run.ts';

/**
 * Whether a run keeps the application down now: by the lines of its downtime; what starts and stops an application by trade does so as
 * long as it goes on.
 */
export function takesDown({
  runbook,
  status,
  ledger,
  downtime,
}: Pick<RunView, 'runbook' | 'status' | 'ledger' | 'downtime'>): boolean {
  if (status !== 'RUNNING' || !mayTakeDown(runbook)) return false;
  return downtime && ledger ? isDown(ledger, downtime) : true;
}

/** Whether runs of it may do so at all. Other runs, such as a backup, take nothing down. */
export function mayTakeDown(runbook: string): boolean {
  const facts = catalogue.get(runbook);
  return (
    facts?.downtime !== undefined || facts?.family === 'lifecycle' || facts?.family === 'recovery'
  );
}

/** Whether it says itself when the application is down because of it. */
export function hasDowntime(runbook: string): boolean {
  return catalogue.get(runbook)?.downtime !== undefined;
}
