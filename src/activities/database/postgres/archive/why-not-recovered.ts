import { permanent } from '../../../../os/failure.ts';
import { redacted } from '../../../../os/redacted.ts';

/** What the server puts before each line. */
const PREFIX = /^\d{4}-\d\d-\d\d [\d:.]+ \S+ \[\d+\] /;
/** Of the server, and of who fetches the log for it. */
const ERROR = /^(?:ERROR|FATAL|PANIC): /;
/** We ask all the time whether it takes connections yet. */
const ASKED = /^FATAL: +the database system is /;
const READ = /restored log file "([^"]+)" from archive/;
const LAST = /last completed transaction was at log time (.+)/;
const SHOWN = 4;

/**
 * Why a server did not recover to its moment, by its log: what failed, and how far it read. The end of that log is many lines of how it shut down.
 * `undefined`: it says nothing of it.
 */
export function whyNotRecovered(log: string): string | undefined {
  const lines = log.split('\n').map((line) => line.replace(PREFIX, ''));
  const errors = lines.flatMap((line, index) => {
    if (!ERROR.test(line) || ASKED.test(line)) return [];
    const next = lines[index + 1] ?? '';
    // pgBackRest says below, of each repository, what was wrong there.
    return [line.startsWith('ERROR: [') && /^\s+\S/.test(next) ? `${line} ${next.trim()}` : line];
  });
  const found = (what: RegExp) => lines.findLast((line) => what.test(line))?.match(what)?.[1];
  const [read, last] = [found(READ), found(LAST)];
  const far = [
    ...(read === undefined ? [] : [`the last of its log that could be read is "${read}"`]),
    ...(last === undefined ? [] : [`its last transaction is of ${last}`]),
  ];
  const said = [...new Set(errors)].slice(-SHOWN);
  if (far.length > 0) said.push(far.join(', '));
  return said.length === 0 ? undefined : redacted(said.join('; ')).slice(0, 800);
}

/** Errors: `BackupUnreadable`, or `NoSpace`, by what was said. */
export function cannot(message: string): Error {
  const full = message.includes('No space left on device');
  return permanent(full ? 'NoSpace' : 'BackupUnreadable', message);
}
