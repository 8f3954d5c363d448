import { shortened } from '../config/border/texts.ts';
import type { Incident, TimelineEntry } from './incident.ts';

type Timeline = readonly TimelineEntry[];

/** What a long incident remembers. One page and its answer are two entries. */
const MOST_ENTRIES = 500;
/** All of it goes through Temporal as one value, which takes 2 MB. */
const MOST_LETTERS = 200_000;
/** One entry. */
const MOST_LETTERS_OF_ONE = 5000;
/** What is left of a long entry when others have come since. */
const HEAD = 200;

/** The incident with one more line of what happened. */
export function note(
  incident: Incident,
  what: TimelineEntry['what'],
  by: string,
  text: string,
  at: string,
  more: Pick<TimelineEntry, 'deliveries'> = {},
): Incident {
  const timeline = withEntry(incident.timeline, { at, what, by, text, ...more });
  // How quick people were is known also when the timeline has grown too long for it.
  const isFirst = what === 'acknowledged' && incident.firstAcknowledgedAt === undefined;
  return { ...incident, timeline, ...(isFirst && { firstAcknowledgedAt: at }) };
}

/** The timeline with one more entry. When all texts together grow too long, the oldest of the long ones become their beginnings. */
export function withEntry(timeline: Timeline, entry: TimelineEntry): Timeline {
  const entries = [...timeline, bounded(entry)].slice(-MOST_ENTRIES);
  let excess = entries.reduce((sum, one) => sum + lengthOf(one), -MOST_LETTERS);
  if (excess <= 0) return entries;
  return entries.map((one) => {
    if (excess <= 0 || lengthOf(one) <= HEAD * 2) return one;
    const shorter = headOf(one);
    excess -= lengthOf(one) - lengthOf(shorter);
    return shorter;
  });
}

/** Who was notified stays; how each channel answered does not. */
function headOf(entry: TimelineEntry): TimelineEntry {
  const { text, deliveries } = entry;
  return {
    ...entry,
    text: shortened(text, HEAD),
    ...(deliveries && {
      deliveries: deliveries.map((one) => ({ ...one, detail: shortened(one.detail, 20) })),
    }),
  };
}

function bounded(entry: TimelineEntry): TimelineEntry {
  const { by, text, deliveries } = entry;
  return {
    ...entry,
    by: shortened(by, 1000),
    text: shortened(text, MOST_LETTERS_OF_ONE),
    ...(deliveries && {
      deliveries: deliveries
        .slice(0, 20)
        .map((one) => ({ ...one, detail: shortened(one.detail, 300) })),
    }),
  };
}

function lengthOf({ by, text, deliveries = [] }: TimelineEntry): number {
  return deliveries.reduce((sum, { detail }) => sum + detail.length, by.length + text.length);
}
