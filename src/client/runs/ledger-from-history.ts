import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import { closeLedger, type Ledger, type LedgerLine, openLedger } from '../../engine/run/ledger.ts';
import { eventTime } from './event-time.ts';

type Event = temporal.api.history.v1.IHistoryEvent;

/**
 * The ledger of a run that cannot answer itself: no worker answers, or it was terminated. Every activity carries
 * its line as a summary, such as "4. Stop application", so that its history shows as much.
 */
export function ledgerFromHistory(
  plan: Readonly<Record<string, string>>,
  events: readonly Event[],
): Ledger {
  const ledger = openLedger(plan);
  const scheduled = new Map<string, { readonly line: LedgerLine; readonly undoes: boolean }>();
  let current: LedgerLine | undefined;

  for (const event of events) {
    const at = eventTime(event);
    const [, number, undoes] = /^(\d+)\. (Undo: )?/.exec(summaryOf(event)) ?? [];
    const line = ledger[Number(number) - 1];
    if (line && event.activityTaskScheduledEventAttributes) {
      scheduled.set(String(event.eventId), { line, undoes: undoes !== undefined });
      // The step before it must have ended: only the run itself knows when exactly.
      if (current && current !== line && current.state === 'running') current.state = 'done';
      current = line;
      if (!undoes) Object.assign(line, { state: 'running', startedAt: line.startedAt ?? at });
    }
    const done = event.activityTaskCompletedEventAttributes;
    const failed =
      event.activityTaskFailedEventAttributes ?? event.activityTaskTimedOutEventAttributes;
    const activity = scheduled.get(String((done ?? failed)?.scheduledEventId));
    if (!activity) continue;
    const note = failed?.failure?.cause?.message ?? failed?.failure?.message ?? '';
    if (failed && activity.undoes) Object.assign(activity.line, { state: 'left', note });
    else if (failed) Object.assign(activity.line, { state: 'failed', note, finishedAt: at });
    else if (activity.undoes) Object.assign(activity.line, { state: 'undone' });
    else activity.line.finishedAt = at;
  }
  omitPassed(ledger);
  return isClosed(events) ? closed(ledger) : ledger;
}

/** A line without any activity before one that has some was not needed. */
function omitPassed(ledger: Ledger): void {
  const last = ledger.findLastIndex(({ state }) => state !== 'pending');
  for (const line of ledger.slice(0, Math.max(last, 0)))
    if (line.state === 'pending') line.state = 'omitted';
}

function closed(ledger: Ledger): Ledger {
  for (const line of ledger)
    if (line.state === 'running')
      Object.assign(line, { state: 'left', note: 'The run was terminated here' });
  return closeLedger(ledger);
}

function isClosed(events: readonly Event[]): boolean {
  const last = events.at(-1);
  return Boolean(
    last?.workflowExecutionTerminatedEventAttributes ??
    last?.workflowExecutionFailedEventAttributes ??
    last?.workflowExecutionTimedOutEventAttributes ??
    last?.workflowExecutionCanceledEventAttributes ??
    last?.workflowExecutionCompletedEventAttributes,
  );
}

function summaryOf({ userMetadata }: Event): string {
  return userMetadata?.summary
    ? defaultPayloadConverter.fromPayload<string>(userMetadata.summary)
    : '';
}
