import { inMilliseconds } from '../config/time/duration.ts';
import type { Announcement, Incident } from './incident.ts';
import { after, retryInterval } from './moments.ts';
import { note } from './timeline.ts';
import type { Delivery, Sent } from './page.ts';

/** What no channel takes for so long is news to nobody any more. */
const STALE = inMilliseconds('1d');

/**
 * These contacts are told of it, until a channel has taken it. What they have not heard yet of the state before is dropped: they hear
 * the last one.
 */
export function announced(
  incident: Incident,
  contacts: readonly string[],
  event: Announcement['event'],
  now: string,
  text?: string,
): Incident {
  const { announcements = [] } = incident;
  const isOld = ({ contact }: Announcement) => contacts.includes(contact);
  const next = contacts.map((contact): Announcement => ({
    contact,
    event,
    ...(text !== undefined && { text }),
    since: now,
    at: now,
    tries: 0,
  }));
  return { ...incident, announcements: [...announcements.filter((one) => !isOld(one)), ...next] };
}

export function dueAnnouncements(
  { announcements = [] }: Incident,
  now: string,
): readonly Announcement[] {
  return announcements.filter(({ at }) => at <= now);
}

/** What became of it. It is tried again as a page is, by the channels that failed. */
export function announcementTried(
  incident: Incident,
  tried: Announcement,
  { deliveries }: Sent,
  now: string,
): Incident {
  const { announcements = [] } = incident;
  const { contact, event } = tried;
  const isTried = (one: Announcement) =>
    one.contact === contact && one.event === event && one.since === tried.since;
  if (!announcements.some(isTried)) return incident;
  const others = announcements.filter((one) => !isTried(one));
  const only = failedOf(deliveries);
  if (only.length === 0) return { ...incident, announcements: others };
  const tries = tried.tries + 1;
  const at = after(now, retryInterval(tries));
  const next = note(
    incident,
    'unnotified',
    'announcement',
    `${contact} was not told (${event}): ${only.join(', ')}`,
    now,
    { deliveries },
  );
  if (at > after(tried.since, STALE)) return { ...next, announcements: others };
  // Nothing to ask by is no channel: then all are.
  const again = { ...tried, at, tries, ...(only[0] !== 'none' && { only }) };
  return { ...next, announcements: [...others, again] };
}

/** The channels that must be tried again: what rings goes on ringing until it is told; of the others one is enough. */
export function failedOf(deliveries: readonly Delivery[]): string[] {
  const failed = deliveries.filter(({ delivered }) => !delivered);
  const isHeard = deliveries.some(({ delivered }) => delivered);
  return failed.filter(({ rings }) => rings || !isHeard).map(({ channel }) => channel);
}
