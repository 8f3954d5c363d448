import { closeSync, fstatSync } from 'node:fs';
import { countText } from '../../../config/text/count-text.ts';
import { openHeld } from '../../../os/files/held/read-held.ts';
import { failureOf } from '../../../os/failure-of.ts';
import { run } from '../../../os/process/command.ts';
import { canonicalAddress } from '../block/address.ts';
import { plainSource } from '../../logs/read/sources.ts';
import { failedLoginIn, type FailedLogin, stampOfLine, withoutRepeats } from './syslog-line.ts';

/** What one place that records logins says of a day. */
export interface LoginLog {
  readonly log: string;
  readonly logins: readonly FailedLogin[];
  /** Why nothing, or not all, can be told of it. */
  readonly why?: string;
}

/** Of a file, so much at its end is read. A day of an attacked host has some 20 MB. */
const MAX_BYTES = 256 * 2 ** 20;
const CHUNK = 2 ** 20;
/** Of the journal, so many lines: what more there is makes no difference to what is told. */
const MAX_LINES = 8000;
const TIMEOUT = 30_000;
const NEWLINE = 10;
const ROOT = '0';

/** Failed logins since `since` (ms since 1970) in a file of syslog. Undefined: there is no such file. */
export function loginsInFile(file: string, since: number, now: number): LoginLog | undefined {
  let fd: number;
  try {
    fd = openHeld(file);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return undefined;
    return { log: file, logins: [], why: `It may not be read: ${(error as Error).message}` };
  }
  try {
    const { size } = fstatSync(fd);
    const from = Math.max(0, size - MAX_BYTES);
    const logins: FailedLogin[] = [];
    let oldest = Infinity;
    eachLine(fd, from, size, (line) => {
      const at = stampOfLine(line, now);
      if (!Number.isNaN(at)) oldest = Math.min(oldest, at);
      if (!(at >= since)) return;
      const login = failedLoginIn(line);
      if (login) logins.push({ at, ...login });
    });
    const cut = from > 0 && oldest > since;
    return {
      log: file,
      logins: withoutRepeats(logins),
      ...(cut && { why: `Only its last ${MAX_BYTES / 2 ** 20} MiB were read` }),
    };
  } finally {
    closeSync(fd);
  }
}

/** The same of systemd's journal. Undefined: there is none on this host. */
export async function loginsInJournal(since: number): Promise<LoginLog | undefined> {
  const log = 'journal';
  const words = [
    '--facility=auth,authpriv',
    `--since=@${Math.floor(since / 1000)}`,
    `--lines=${MAX_LINES}`,
    '--output=json',
    '--output-fields=MESSAGE,SYSLOG_IDENTIFIER,_UID',
    '--no-pager',
  ];
  try {
    const { stdout, stderr } = await run('journalctl', words, { timeout: TIMEOUT });
    if (/no journal files were found|no persistent journal/i.test(stderr)) return undefined;
    if (/not seeing messages from other users/i.test(stderr))
      return {
        log,
        logins: [],
        why: 'Its user may not read the journal: add it to group "systemd-journal"',
      };
    const lines = stdout.split('\n').filter((line) => line !== '');
    const all = lines.flatMap(journalLogin);
    const cut = lines.length >= MAX_LINES;
    return {
      log,
      logins: withoutRepeats(all),
      ...(cut && { why: `Only its last ${countText(MAX_LINES, 'line')} were read` }),
    };
  } catch (error) {
    const failure = failureOf(error);
    if (failure.type === 'CommandMissing' || /no journal files were found/i.test(failure.message))
      return undefined;
    return { log, logins: [], why: failure.message };
  }
}

function journalLogin(line: string): FailedLogin[] {
  try {
    const entry = JSON.parse(line) as Record<string, unknown>;
    const { MESSAGE: message, SYSLOG_IDENTIFIER: program = '' } = entry;
    const at = Number(entry['__REALTIME_TIMESTAMP']) / 1000;
    if (typeof message !== 'string' || Number.isNaN(at)) return [];
    const login = failedLoginIn(`${String(program)}: ${message}`);
    if (!login) return [];
    // Any user of the host may say that he is sshd. Who he is, the kernel says.
    const { _UID: uid = ROOT } = entry;
    return uid === ROOT || canonicalAddress(login.source) === undefined ? [{ at, ...login }] : [];
  } catch {
    return [];
  }
}

function eachLine(fd: number, from: number, to: number, take: (line: string) => void): void {
  const source = plainSource({ fd }, from, to);
  const buffer = Buffer.allocUnsafe(CHUNK);
  let rest: Buffer = Buffer.alloc(0);
  // The end of a line that is too long is no line.
  let skipping = false;
  for (;;) {
    const count = source.read(buffer) as number;
    if (count === 0) break;
    const read = buffer.subarray(0, count);
    const start = skipping ? read.indexOf(NEWLINE) + 1 : 0;
    if (skipping && start === 0) continue;
    skipping = false;
    const piece = Buffer.concat([rest, read.subarray(start)]);
    const end = piece.lastIndexOf(NEWLINE) + 1;
    for (const line of piece.toString('utf8', 0, end).split('\n')) take(line);
    skipping = piece.length - end > CHUNK;
    rest = skipping ? Buffer.alloc(0) : Buffer.from(piece.subarray(end));
  }
  if (rest.length > 0) take(rest.toString('utf8'));
}
