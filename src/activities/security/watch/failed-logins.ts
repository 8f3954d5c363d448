import { relative, resolve } from 'node:path';
import type { LogFile } from '../../../config/schema/logs.ts';
import type { Target } from '../../../config/schema/target.ts';
import { plainLine } from '../../../config/text/plain-text.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import { failedLogin } from '../../logs/read/entry.ts';
import { withLog } from '../../logs/read/open-log.ts';
import { readSince } from '../../logs/read/read-texts.ts';
import { canonicalAddress } from '../block/address.ts';
import { canonicalBlock } from '../block/network.ts';
import { type LoginLog, loginsInFile, loginsInJournal } from './host-logins.ts';
import { bySource, type LoginSource } from './sliding.ts';
import type { FailedLogin } from './syslog-line.ts';

/** Failed logins of the last day. */
export interface FailedLogins {
  /** What was read, and records logins. Empty: nobody knows whether somebody tried. */
  readonly logs: readonly string[];
  readonly total: number;
  /** The worst first. */
  readonly sources: readonly LoginSource[];
  /** Addresses, and networks of IPv6, above the target's `critical`, as a host's own log or a web server has them: what an application logs may be made up. */
  readonly worst: readonly string[];
  /** What could not be read: sentences. */
  readonly unread: readonly string[];
}

const DAY = 86_400_000;
/** Rows that are worth a report. */
const MAX_SOURCES = 50;
/** Of one log: an attack has millions, and says the same. */
const MAX_LOGINS = 200_000;
const LETTERS = 64;

/** Reads every place that records logins: those of the target, the host's files, the journal. */
export async function failedLogins(target: Target, now = Date.now()): Promise<FailedLogins> {
  const { logins: policy } = target.security;
  const since = now - DAY;
  const own = await Promise.all(target.logs.map((log) => loginsOfApplication(target, log, since)));
  const files = policy.files.flatMap((file) =>
    [`${file}.1`, file].flatMap(
      (one) => loginsInFile(resolve(target.directory, one), since, now) ?? [],
    ),
  );
  const journal = policy.journal ? await loginsInJournal(since) : undefined;
  const host = [...files, ...(journal ? [journal] : [])];
  const all = [...own.flatMap((one) => one ?? []), ...host];

  const window = inMilliseconds(policy.within);
  const sources = all
    .flatMap(({ log, logins }) => bySource(log, logins, window))
    .toSorted((one, other) => other.most - one.most || other.count - one.count);
  const believed = new Set([
    ...host.map(({ log }) => log),
    ...target.logs.filter(({ format }) => format === 'access').map((log) => nameOf(target, log)),
  ]);
  const worst = sources
    .filter(({ log, most }) => believed.has(log) && most >= policy.critical)
    .flatMap(({ source }) => canonicalBlock(source) ?? []);
  return {
    logs: all
      .filter(({ why, logins }) => why === undefined || logins.length > 0)
      .map(({ log }) => log),
    total: all.reduce((sum, { logins }) => sum + logins.length, 0),
    sources: sources.slice(0, MAX_SOURCES),
    worst: [...new Set(worst)].slice(0, MAX_SOURCES),
    unread: all.flatMap(({ log, why }) => (why === undefined ? [] : [`${log}: ${why}`])),
  };
}

/**
 * Of a log of the application. Undefined: it says nothing of logins, and the target does not say that it would: that none is in there
 * means nothing.
 */
async function loginsOfApplication(
  target: Target,
  log: LogFile,
  since: number,
): Promise<LoginLog | undefined> {
  const isNamed = target.security.logins.logs
    .map((file) => resolve(target.directory, file))
    .includes(log.file);
  const name = nameOf(target, log);
  try {
    return await withLog(target, log.file, async (open) => {
      const logins: FailedLogin[] = [];
      let last = since;
      if (!open.live && open.rotated.length === 0)
        return isNamed
          ? { log: name, logins, why: open.refused.join('; ') || 'It is not there' }
          : undefined;
      await readSince(open, log, since, (entry) => {
        if (!Number.isNaN(entry.at)) last = entry.at;
        const isOfServer = log.format === 'access' || log.format === 'json';
        const source = isOfServer ? entry.login : sourceIn(entry.text);
        if (source !== undefined && logins.length < MAX_LOGINS)
          logins.push({ at: last, source: plainLine(source, LETTERS) });
      });
      return isNamed || logins.length > 0 ? { log: name, logins } : undefined;
    });
  } catch (error) {
    return isNamed ? { log: name, logins: [], why: (error as Error).message } : undefined;
  }
}

const ADDRESS =
  /(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]{0,4}(?::[\da-f]{0,4}){2,7})(?![\w.:])/gi;

/** A name comes before the address that it was tried from, and may look like one: the last address counts. */
function sourceIn(text: string): string | undefined {
  const [line = ''] = text.slice(0, 4000).split('\n', 1);
  const found = failedLogin(line);
  if (found === undefined) return undefined;
  const addresses = [...line.matchAll(ADDRESS)].flatMap(([one]) => canonicalAddress(one) ?? []);
  return addresses.at(-1) ?? found;
}

function nameOf({ directory }: Pick<Target, 'directory'>, { file }: LogFile): string {
  return relative(directory, file);
}
