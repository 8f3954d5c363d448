import type { Who } from '../../config/border/who.ts';
import { loginName, whoText } from '../../config/text/who-text.ts';

/** Somebody of the target's contacts who may approve. */
export interface Approver {
  readonly name: string;
  /** Principals of the server, and logins such as `ana` or `ana@db1`. Empty: their name is their login. */
  readonly logins: readonly string[];
}

export interface ApprovalPolicy {
  /** Names of people. Empty: anybody. */
  readonly who: readonly string[];
  /** The same people with their logins. Missing: the run was let in by an older worker, which knew nobody's. */
  readonly people?: readonly Approver[] | undefined;
  readonly unproven?: 'allow' | 'refuse' | undefined;
}

/** Why somebody may not answer for this target, as a sentence. Undefined: they may. */
export function refusalOf(who: Who, { people = [], unproven }: ApprovalPolicy): string | undefined {
  if (who.known === 'unproven' && unproven !== 'allow')
    return `"${who.name}" is unproven: nothing but the message says so, and this target counts only people who are known. Answer by the command line through a closed server, or let the target say "approvals: { unproven: allow }"`;
  const names = people.map(({ name }) => name);
  if (people.length > 0 && !names.includes(personOf(who, people)))
    return `${whoText(who)} may not answer for this target: ${names.join(', ')} may`;
  return undefined;
}

/** The person that the target names, or whoever it is by their own name: two answers of one person are one. */
export function personOf(who: Who, people: readonly Approver[]): string {
  return people.find((one) => isThem(one, who))?.name ?? who.name;
}

/** Also under another name: the same login is the same person, be it proven or not. */
export function isSame(one: Who, other: Who, people: readonly Approver[]): boolean {
  if (personOf(one, people) === personOf(other, people)) return true;
  const [login, others] = [one.login, other.login];
  return login !== undefined && others !== undefined && loginName(login) === loginName(others);
}

function isThem({ name, logins }: Approver, who: Who): boolean {
  if (who.known === 'unproven' || who.known === 'link') return name === who.name;
  const theirs = logins.length > 0 ? logins : [name];
  // Of a login the host may be left out. A principal is one word, whatever is in it.
  const user = who.known === 'login' ? who.name.slice(0, who.name.lastIndexOf('@')) : who.name;
  return theirs.some((one) => one === who.name || one === user);
}
