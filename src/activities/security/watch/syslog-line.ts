import { plainLine } from '../../../config/text/plain-text.ts';

/** A login that failed, as a line of a host's log says. */
export interface FailedLogin {
  /** In ms since 1970. */
  readonly at: number;
  /** An address, or what else tells where it came from. */
  readonly source: string;
  readonly user?: string;
  /** It may only say once more what another line says: of an unknown user, of PAM, of a key. */
  readonly echo?: true;
  /** How often it was so: syslog folds lines that are alike. */
  readonly times?: number;
}

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
const TRADITIONAL = /^([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d) /;
const MODERN = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))\s/;
const DAY = 86_400_000;
const MAX_NAME = 64;

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

/**
 * A name is whatever somebody typed: `root from 203.0.113.9 port 22` is one. So it goes as far as it can, what sshd wrote itself stands behind it up to
 * the end of the line, and no more of it is kept than a name has.
 */
const USER = String.raw`(?:invalid user |illegal user )?(.*)`;
/** With the interface of an address that holds on one link only. */
const ADDRESS = String.raw`([\da-fA-F:.]{2,45}(?:%[\w.-]{1,16})?)`;
const PORT = String.raw` port \d{1,5}`;
const TYPED = '(?:password|keyboard-interactive/pam)';
const OTHER = '(?:publickey|none|hostbased|gssapi-with-mic)';
/** What sshd says behind the port: the protocol, and of a key its print. */
const END = String.raw`(?: ssh2(?:: [^ ]+ [^ ]+(?: ID .*)?)?)?(?: \[preauth\])?$`;

/** As sshd, PAM, su and sudo write them; fail2ban looks for the same. */
const FORMS: readonly (readonly [RegExp, (found: RegExpExecArray) => Omit<FailedLogin, 'at'>])[] = [
  [
    new RegExp(`Failed ${TYPED} for ${USER} from ${ADDRESS}${PORT}${END}`),
    ([, user, source]) => named(source!, user),
  ],
  [
    new RegExp(`Failed ${OTHER} for ${USER} from ${ADDRESS}${PORT}${END}`),
    ([, user, source]) => echoed(source!, user),
  ],
  [
    new RegExp(`Invalid user ${USER} from ${ADDRESS}(?:${PORT})?${END}`),
    ([, user, source]) => echoed(source!, user),
  ],
  [
    new RegExp(`maximum authentication attempts exceeded for ${USER} from ${ADDRESS}${PORT}${END}`),
    ([, user, source]) => echoed(source!, user),
  ],
  [
    // The address comes before the name: the first one is PAM's own.
    /authentication failure;.*?\brhost=([\da-fA-F:.]{2,45}(?:%[\w.-]{1,16})?)(?:\s+user=(\S{1,64}))?/,
    ([, source, user]) => echoed(source!, user),
  ],
  [
    /\b(su|sudo)(?:\[\d+\])?: .*authentication failure;.*\b(?:ruser|logname)=(\S{1,64})/,
    ([, program, user]) => named(`${program} on this host`, user),
  ],
  [/FAILED SU \(to (\S{1,64})\)/, ([, user]) => named('su on this host', user)],
];

/** Longer ones are made by nobody who logs in: what such a line says is not taken apart. */
const MAX_LETTERS = 4096;

/** What rsyslog makes of lines that are alike, in the place of a message. */
const FOLDED = /(?:^|: )message repeated (\d{1,4}) times: \[ ?(.*)\]$/;

/** The login of whose failure this line tells. Undefined: of none. */
export function failedLoginIn(line: string): Omit<FailedLogin, 'at'> | undefined {
  if (line.length > MAX_LETTERS || !/fail|invalid|maximum auth/i.test(line)) return undefined;
  const [, count, message] = FOLDED.exec(line) ?? [];
  for (const [form, read] of FORMS) {
    const found = form.exec(message ?? line);
    if (found) return { ...read(found), ...(count !== undefined && { times: Number(count) }) };
  }
  return undefined;
}

/** PAM tells of a try up to 3 s before sshd does, and sshd of the last one soon after. In s. */
const NEAR = [-2, -1, 0, 1, 2, 3, 4] as const;

/**
 * sshd says it twice of a user whom it does not know, and PAM once more: one try. What may be such an echo counts only where nothing else tells of that source
 * about then, and once in two seconds. All others count, as often as they are told.
 */
export function withoutRepeats(logins: readonly FailedLogin[]): FailedLogin[] {
  const secondOf = ({ at }: FailedLogin) => Math.floor(at / 1000);
  const certain = new Set(
    logins.filter(({ echo }) => !echo).map((one) => `${secondOf(one)} ${one.source}`),
  );
  const echoes = new Set<string>();
  return logins.flatMap((one) => {
    const { echo, times = 1, ...login } = one;
    if (!echo) return Array.from({ length: Math.max(1, times) }, () => login);
    const second = secondOf(one);
    if (NEAR.some((later) => certain.has(`${second + later} ${one.source}`))) return [];
    const key = `${one.source} ${one.user ?? ''}`;
    if ([second, second - 1].some((near) => echoes.has(`${near} ${key}`))) return [];
    echoes.add(`${second} ${key}`);
    return [login];
  });
}

function named(source: string, user: string | undefined): Omit<FailedLogin, 'at'> {
  const name = plainLine(user ?? '', MAX_NAME).trim();
  return { source, ...(name !== '' && { user: name }) };
}

function echoed(source: string, user: string | undefined): Omit<FailedLogin, 'at'> {
  return { ...named(source, user), echo: true };
}
