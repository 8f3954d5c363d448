import type { Contact, Override } from '../schema/people.ts';
import { inMilliseconds } from '../time/duration.ts';

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
  const edges = (contact.overrides ?? []).flatMap(({ from, until }) => [from, until]);
  // An override may begin before a turn is over, or a later one before this one is.
  const ends = [...edges.map((edge) => Date.parse(edge)), shift.ends]
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

function shiftAt({ members, rotation, overrides = [] }: Turns, at: number): Shift | undefined {
  const override = overrides.findLast(
    ({ from, until }) => Date.parse(from) <= at && at < Date.parse(until),
  );
  if (override) {
    const { member, until } = override;
    return { member, by: 'override', id: override, ends: Date.parse(until) };
  }
  if (!rotation) return undefined;
  // Reckoned in UTC, so that no change of clocks moves it.
  const begin = Date.parse(rotation.since);
  const length = inMilliseconds(rotation.every);
  const turn = Math.floor((at - begin) / length);
  // Before `since` the turns go backwards, without a gap.
  const member = members.at(turn % members.length);
  if (member === undefined) return undefined;
  return { member, by: 'turn', id: turn, ends: begin + (turn + 1) * length };
}
