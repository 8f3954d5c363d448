import type { temporal } from '@temporalio/proto';

export type Event = temporal.api.history.v1.IHistoryEvent;

export interface Resumption {
  /** What the run was doing when the kill came: an activity, or `decides` when it was the workflow's turn. */
  readonly during: string;
  /** From the kill to the next task of the run that was completed. */
  readonly milliseconds: number;
}

/** What a kill cost a run, by its history. Undefined: the run had not begun, or had ended. */
export function resumptionOf(
  events: readonly Event[],
  { what, at }: { readonly what: 'worker' | 'server'; readonly at: number },
): Resumption | undefined {
  const begun = new Map(events.map((event) => [String(event.eventId), timeOf(event)]));
  if (at < timeOf(events[0]!) || at >= timeOf(events.at(-1)!)) return undefined;
  const next = events.find((event) => {
    const { activityTaskCompletedEventAttributes, workflowTaskCompletedEventAttributes } = event;
    const done = activityTaskCompletedEventAttributes ?? workflowTaskCompletedEventAttributes;
    if (!done) return false;
    // What a worker had told its server before it died was no resumption: the task must have begun after that.
    const since = what === 'worker' ? begun.get(String(done.startedEventId))! : timeOf(event);
    return since >= at;
  });
  if (!next) return undefined;
  return { during: doingAt(events, at), milliseconds: timeOf(next) - at };
}

function doingAt(events: readonly Event[], at: number): string {
  const open = new Map<string, string>();
  for (const event of events) {
    if (timeOf(event) > at) break;
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) open.set(String(event.eventId), scheduled.activityType!.name!);
    const closed =
      event.activityTaskCompletedEventAttributes ??
      event.activityTaskFailedEventAttributes ??
      event.activityTaskTimedOutEventAttributes;
    if (closed) open.delete(String(closed.scheduledEventId));
  }
  return [...open.values()].join(' and ') || 'decides';
}

function timeOf({ eventTime }: Event): number {
  return Number(eventTime!.seconds) * 1000 + (eventTime!.nanos ?? 0) / 1e6;
}
