import { Temporal as T } from 'temporal-polyfill';
import { standIns } from '../calendar/whose-turn.ts';
import { nearest } from '../nearest.ts';
import { copies, reaches, rings } from '../schema/channels.ts';
import { contactsOf, isFor } from '../schema/on-call/escalation-level.ts';
import type { Target } from '../schema/target.ts';
import { severities } from '../schema/values/severity.ts';
import { inMilliseconds } from '../time/duration.ts';

/** So far it is looked ahead. */
const YEAR = inMilliseconds('366d');

/** Who would be left untold: by the channels, by the hours, or because nobody is on call. */
export function uncalledPeople(target: Target, now = new Date()): string[] {
  return [
    ...unheardPages(target),
    ...missingLevels(target),
    ...Object.keys(target.contacts).flatMap((name) => gapOf(target, name, now.getTime())),
    ...Object.keys(target.contacts).flatMap((name) => movedHandover(target, name, now)),
    ...strangers(target),
  ];
}

function unheardPages(target: Target): string[] {
  const { channels, escalation } = target;
  const all = Object.values(channels);
  const called = [...new Set(escalation.flatMap((level) => [...contactsOf(level)]))];
  return [
    ...(escalation.length === 0 ? ['Nobody is paged: "escalation" is empty'] : []),
    ...called.flatMap((name) => unreached(target, name)),
    ...(all.some(rings)
      ? []
      : [
          'sev1 reaches no channel that rings: none of "channels" is a "pagerduty" or has "rings: true"',
        ]),
  ];
}

function unreached({ contacts, people, channels }: Target, name: string): string[] {
  const contact = contacts[name]!;
  const isReached = (address: Parameters<typeof reaches>[2]) =>
    Object.values(channels).some((one) => !copies(one) && reaches(one, name, address));
  const members = whoFills(contact);
  const left = members.filter((member) => !isReached({ ...contact, ...people[member] }));
  if (members.length === 0 ? !isReached(contact) : left.length === members.length)
    return [`Contact "${name}" is reached by no channel of "channels"`];
  return left.map((member) => `"${member}" of "${name}" is reached by no channel of "channels"`);
}

/** An incident of it would call nobody, or nobody at night. */
function missingLevels({ escalation }: Target): string[] {
  if (escalation.length === 0) return [];
  return severities.flatMap((severity) => {
    const levels = escalation.filter((level) => isFor(level, severity, undefined));
    if (levels.length === 0)
      return [`Nobody is paged of ${severity}: no line of "escalation" is for it`];
    const [first] = levels;
    const waits =
      first!.during !== undefined && levels.every((one) => one.during === first!.during);
    if (!waits || severity === 'sev3' || severity === 'sev4') return [];
    const other = first!.during === 'business-hours' ? 'out-of-hours' : 'business-hours';
    return [
      `Nobody is paged of ${severity} ${other === 'out-of-hours' ? 'out of business hours' : 'in business hours'}: add a line with "during: ${other}", or one without "during"`,
    ];
  });
}

/** Where only overrides say who is on call, they end, or leave a time between them. */
function gapOf({ contacts }: Target, name: string, now: number): string[] {
  const contact = contacts[name]!;
  if (contact.rotation || contact.members.length > 0 || !contact.overrides?.length) return [];
  const shifts = standIns(contact)
    .filter(({ until }) => until > now)
    .toSorted((one, other) => one.from - other.from);
  let covered = now;
  for (const { from, until } of shifts) {
    if (from > covered) return [gapText(name, covered, from)];
    covered = Math.max(covered, until);
  }
  return covered < now + YEAR ? [gapText(name, covered)] : [];
}

function gapText(name: string, from: number, until?: number): string {
  const end = until === undefined ? 'on' : `to ${iso(until)}`;
  return `Nobody is on call for "${name}" from ${iso(from)} ${end}: its "overrides" leave a gap, and it has neither "rotation" nor "members"`;
}

/** The hour is that of UTC, and people go by a clock that changes. */
function movedHandover({ contacts, calendar }: Target, name: string, now: Date): string[] {
  const { rotation } = contacts[name]!;
  if (!rotation || rotation.timezone !== undefined) return [];
  if (inMilliseconds(rotation.every) % inMilliseconds('1d') !== 0) return [];
  const { timezone } = calendar;
  const today = T.Instant.from(now.toISOString()).toZonedDateTimeISO(timezone);
  const change = today.getTimeZoneTransition('next');
  if (!change || change.epochMilliseconds > now.getTime() + YEAR) return [];
  const later = change.offsetNanoseconds > today.offsetNanoseconds ? 'later' : 'earlier';
  return [
    `"${name}" hands over ${later} by the clocks of ${timezone} from ${change.toPlainDate().toString()} on: say "timezone: ${timezone}" in its "rotation"`,
  ];
}

/** An address that nobody uses is mostly a slip in a name. */
function strangers({ contacts, people }: Target): string[] {
  const named = [...new Set(Object.values(contacts).flatMap((contact) => whoFills(contact)))];
  return Object.keys(people)
    .filter((person) => !named.includes(person))
    .map((person) => {
      const meant = nearest(
        person,
        named.filter((one) => !Object.hasOwn(people, one)),
      );
      const help = meant === undefined ? '' : `: did you mean "${meant}"?`;
      return `"${person}" of "people" is named by no contact${help}`;
    });
}

function whoFills({ members, overrides = [] }: Target['contacts'][string]): string[] {
  return [...new Set([...members, ...overrides.map(({ member }) => member)])];
}

function iso(time: number): string {
  return new Date(time).toISOString().replace('.000', '');
}
