/** A login that failed, as a line of a host's log says. */
export interface FailedLogin {
  /** In ms since 1970. */
  readonly at: number;
  /** An address, or what else tells where it came from. */
  readonly source: string;
  readonly user?: string;
}

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
const TRADITIONAL = /^([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d) /;
const MODERN = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))\s/;
const DAY = 86_400_000;

/**
 * When a line of syslog was written, in ms since 1970: RFC 3339, or the old form, which has no year and is of this host's clock. NaN: it
 * does not say so.
 */
export function stampOfLine(line: string, now: number): number {
  const modern = MODERN.exec(line)?.[1];
  if (modern !== undefined) return Date.parse(modern);
  const found = TRADITIONAL.exec(line);
  if (!found) return NaN;
  const [, month, day, hour, minute, second] = found;
  const index = MONTHS.indexOf(month!);
  if (index < 0) return NaN;
  const at = (year: number) =>
    new Date(year, index / 3, Number(day), Number(hour), Number(minute), Number(second)).getTime();
  const year = new Date(now).getFullYear();
  // What would lie ahead is of last year.
  return at(year) > now + DAY ? at(year - 1) : at(year);
}

/** A value in a log is whatever somebody typed: no more of it is taken than a name has. */
const USER = String.raw`(?:invalid user |illegal user )?(\S{0,64})`;
const ADDRESS = String.raw`([\da-fA-F:.]{2,45})`;

/** As sshd, PAM, su and sudo write them; fail2ban looks for the same. The address stands behind the last `from`: a user is free text. */
const FORMS: readonly (readonly [RegExp, (found: RegExpExecArray) => Omit<FailedLogin, 'at'>])[] = [
  [
    new RegExp(
      `Failed (?:password|publickey|none|keyboard-interactive/pam) for ${USER} from ${ADDRESS} port \\d+`,
    ),
    ([, user, source]) => named(source!, user),
  ],
  [new RegExp(`Invalid user ${USER} from ${ADDRESS}`), ([, user, source]) => named(source!, user)],
  [
    new RegExp(`maximum authentication attempts exceeded for ${USER} from ${ADDRESS}`),
    ([, user, source]) => named(source!, user),
  ],
  [
    /authentication failure;.*\brhost=([\da-fA-F:.]{2,45})(?:\s+user=(\S{1,64}))?/,
    ([, source, user]) => named(source!, user),
  ],
  [
    /\b(su|sudo)(?:\[\d+\])?: .*authentication failure;.*\b(?:ruser|logname)=(\S{1,64})/,
    ([, program, user]) => named(`${program} on this host`, user),
  ],
  [/FAILED SU \(to (\S{1,64})\)/, ([, user]) => named('su on this host', user)],
];

/** The login of whose failure this line tells. Undefined: of none. */
export function failedLoginIn(line: string): Omit<FailedLogin, 'at'> | undefined {
  if (!/fail|invalid|maximum auth/i.test(line)) return undefined;
  for (const [form, read] of FORMS) {
    const found = form.exec(line);
    if (found) return read(found);
  }
  return undefined;
}

/** sshd says it twice of a user whom it does not know, and PAM once more: one try, by its second, source and user. */
export function withoutRepeats(logins: readonly FailedLogin[]): FailedLogin[] {
  const seen = new Map<string, FailedLogin>();
  for (const one of logins) {
    const second = Math.floor(one.at / 1000);
    const key = `${one.source} ${one.user ?? ''}`;
    if (![second, second - 1].some((near) => seen.has(`${near} ${key}`)))
      seen.set(`${second} ${key}`, one);
  }
  return [...seen.values()];
}

function named(source: string, user: string | undefined): Omit<FailedLogin, 'at'> {
  return { source, ...(user !== undefined && user !== '' && { user }) };
}
