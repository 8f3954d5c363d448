import type { temporal } from '@temporalio/proto';

export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/**
 * What a worker has decided: all up to the last task that one has completed, and the commands of that task. What came since is still to be
 * decided, and cannot differ. Empty: nothing was decided yet.
 */
export function cutHistory(events: readonly HistoryEvent[]): readonly HistoryEvent[] {
  const last = events.findLastIndex((event) => event.workflowTaskCompletedEventAttributes);
  if (last === -1) return [];
  const after = events.slice(last + 1);
  const other = after.findIndex((event) => !isCommandOf(events[last]!, event));
  return events.slice(0, last + 1 + (other === -1 ? after.length : other));
}

function isCommandOf({ eventId }: HistoryEvent, event: HistoryEvent): boolean {
  if (event.workflowExecutionUpdateAcceptedEventAttributes) return true;
  if (event.workflowExecutionUpdateCompletedEventAttributes) return true;
  return Object.values(event).some(
    (attributes: { workflowTaskCompletedEventId?: HistoryEvent['eventId'] } | null) =>
      attributes?.workflowTaskCompletedEventId &&
      String(attributes.workflowTaskCompletedEventId) === String(eventId),
  );
}
