import type { Override } from '../schema/on-call/rotation.ts';
import type { Contact } from '../schema/people.ts';
import { turnAt } from './turn-at.ts';
import { writtenInstant } from './written-instant.ts';

type Turns = Pick<Contact, 'members' | 'rotation' | 'overrides'>;

/** Who answers for a contact. */
interface OnCall {
  readonly member: string;
  /** By the order of the rotation, or because the member stands in. */
  readonly by: 'turn' | 'override';
  /** When that ends. ISO 8601, UTC. */
  readonly until: string;
}

/** The member who is on call at `at`. Undefined: they take no turns, and nobody stands in. */
export function whoseTurn(contact: Turns, at: string): string | undefined {
  return shiftAt(contact, Date.parse(at))?.member;
}

/** The same, with how and until when. */
export function onCall(contact: Turns, at: string): OnCall | undefined {
  const now = Date.parse(at);
  const shift = shiftAt(contact, now);
  if (!shift) return undefined;
  const edges = standIns(contact).flatMap(({ from, until }) => [from, until]);
  // An override may begin before a turn is over, or a later one before this one is.
  const ends = [...edges, shift.ends]
    .filter((end) => end > now)
    .toSorted((one, other) => one - other)
    .find((end) => shiftAt(contact, end)?.id !== shift.id)!;
  const { member, by } = shift;
  return { member, by, until: new Date(ends).toISOString() };
}

interface Shift extends Pick<OnCall, 'member' | 'by'> {
  /** The same as long as it is the same turn, or the same override. */
  readonly id: number | Override;
  /** Milliseconds since 1970: it does not last longer. */
  readonly ends: number;
}

function shiftAt(contact: Turns, at: number): Shift | undefined {
  const standIn = standIns(contact).findLast(({ from, until }) => from <= at && at < until);
  if (standIn) {
    const { override, until } = standIn;
    return { member: override.member, by: 'override', id: override, ends: until };
  }
  const { members, rotation } = contact;
  if (!rotation) return undefined;
  const { index, ends } = turnAt(rotation, at);
  const member = members.at(index % members.length);
  if (member === undefined) return undefined;
  return { member, by: 'turn', id: index, ends };
}

/** The overrides with their times in ms since 1970. */
export function standIns({ rotation, overrides = [] }: Turns) {
  return overrides.map((override) => {
    const timezone = override.timezone ?? rotation?.timezone;
    return {
      override,
      from: writtenInstant(override.from, timezone),
      until: writtenInstant(override.until, timezone),
    };
  });
}
