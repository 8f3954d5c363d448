import type { HistoryEvent } from './cut-history.ts';

export interface CalledActivity {
  readonly activity: string;
  /** Whether it is still to be done. */
  readonly pending: boolean;
}

/** Each type of activity that a history calls, once. */
export function activitiesIn(events: readonly HistoryEvent[]): CalledActivity[] {
  const over = new Set(
    events.flatMap((event) => {
      const end =
        event.activityTaskCompletedEventAttributes ??
        event.activityTaskFailedEventAttributes ??
        event.activityTaskTimedOutEventAttributes ??
        event.activityTaskCanceledEventAttributes;
      return end ? [String(end.scheduledEventId)] : [];
    }),
  );
  const found = new Map<string, boolean>();
  for (const { eventId, activityTaskScheduledEventAttributes: call } of events) {
    const name = call?.activityType?.name;
    if (typeof name !== 'string') continue;
    const pending = !over.has(String(eventId));
    found.set(name, pending || found.get(name) === true);
  }
  return [...found].map(([activity, pending]) => ({ activity, pending }));
}
