import { outOfHoursFrom } from '../../config/calendar/business-hours.ts';
import { whoseTurn } from '../../config/calendar/whose-turn.ts';
import type { Channel } from '../../config/schema/channels.ts';
import type { Person } from '../../config/schema/on-call/person.ts';
import type { Target } from '../../config/schema/target.ts';
import { isGrave } from '../../config/schema/values/severity.ts';
import type { Page } from '../../incident/page.ts';

export type Directory = Pick<Target, 'contacts' | 'people' | 'calendar'>;

/** Where one message of one channel goes. */
export interface Recipient {
  /** The member, if it is for one alone or whose turn it is. */
  readonly member?: string;
  /** Whose turn it is. */
  readonly turn: boolean;
  /** All whom it reaches. */
  readonly readers: readonly string[];
  /** Whose address it is: the member's, or else the contact's. */
  readonly owner: string;
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
  readonly slack: readonly string[];
  /** What is not urgent waits until then: ISO 8601, UTC. */
  readonly quietUntil?: string | undefined;
}

interface Reader extends Pick<Person, 'email' | 'phone' | 'slack'> {
  /** Undefined: the contact as a whole. */
  readonly name?: string;
  readonly own: Person;
  readonly quietUntil?: string | undefined;
}

/**
 * To whom a channel sends a page: to the member whose turn it is, or else to all members, each at an address of their own; and to the
 * contact's address for those who have none. Empty: it reaches nobody.
 */
export function recipientsOf(
  target: Directory,
  { contact, at, reader }: Pick<Page, 'contact' | 'at' | 'reader'>,
  channel: Channel,
): Recipient[] {
  const { contacts, people } = target;
  if (channel.for && !channel.for.includes(contact)) return [];
  // A name that is no longer in the target still goes to what reaches everybody.
  const box = contacts[contact] ?? { members: [] };
  const turn = whoseTurn(box, at);
  const names = namesOf(contact, turn === undefined ? box.members : [turn], reader);
  const readers = names.map((name): Reader => {
    const own = (name !== undefined && people[name]) || {};
    const { email = box.email, phone = box.phone, slack = box.slack } = own;
    return {
      ...(name !== undefined && { name }),
      own,
      email,
      phone,
      slack,
      quietUntil: quietUntil(target, own, at),
    };
  });
  const reached = readers.filter((one) => {
    if (channel.kind === 'smtp') return one.email !== undefined;
    return channel.kind !== 'slack-webhook' || one.slack !== undefined;
  });
  const groups = Map.groupBy(reached, (one) => addressOf(channel, one));
  return [...groups.values()].map((group) => recipientFor(group, contact, turn, channel));
}

function namesOf(
  contact: string,
  members: readonly string[],
  reader: string | undefined,
): (string | undefined)[] {
  if (reader !== undefined) return [reader === contact ? undefined : reader];
  return members.length > 0 ? [...members] : [undefined];
}

/** What is equal gets one message. */
function addressOf({ kind }: Channel, { email, phone, quietUntil }: Reader): string {
  if (kind === 'smtp') return email!;
  if (kind === 'webhook') return phone ?? '';
  // One message names all, but for those who sleep.
  return kind === 'slack-webhook' ? (quietUntil ?? '') : '';
}

function recipientFor(
  group: readonly Reader[],
  contact: string,
  turn: string | undefined,
  { kind }: Channel,
): Recipient {
  const [first] = group as [Reader];
  const phones = [...new Set(group.flatMap(({ phone }) => phone ?? []))];
  const isOwn = group.length === 1 && isOwnAddress(first, kind);
  const member = turn ?? (isOwn ? first.name : undefined);
  return {
    ...(member !== undefined && { member }),
    turn: turn !== undefined,
    readers: group.map(({ name = contact }) => name),
    owner: isOwn ? first.name! : contact,
    email: first.email,
    ...(phones.length > 0 && { phone: phones.join(', ') }),
    slack: [...new Set(group.flatMap(({ slack }) => slack ?? []))],
    ...(isOwn && { quietUntil: first.quietUntil }),
  };
}

function isOwnAddress({ own }: Reader, kind: Channel['kind']): boolean {
  if (kind === 'smtp') return own.email !== undefined;
  if (kind === 'slack-webhook') return own.slack !== undefined;
  return kind === 'webhook' && own.phone !== undefined;
}

function quietUntil({ calendar }: Directory, { quiet }: Person, at: string): string | undefined {
  if (!quiet) return undefined;
  const { hours, timezone = calendar.timezone } = quiet;
  const ends = outOfHoursFrom({ timezone, hours, weekend: [], holidays: [] }, at);
  return Date.parse(ends) > Date.parse(at) ? ends : undefined;
}

/** Until when a message waits for who sleeps: never what is urgent, or about something that is. ISO 8601, UTC. */
export function sleepsUntil({
  urgent,
  event,
  severity,
  recipient: { quietUntil },
}: Pick<Page, 'urgent' | 'event' | 'severity'> & { recipient: Recipient }): string | undefined {
  return urgent || (isGrave(severity) && event !== 'note') ? undefined : quietUntil;
}
