import { relative } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import { plainLine } from '../../../config/text/plain-text.ts';
import { redacted } from '../../../os/redacted.ts';
import { withLog } from '../../logs/read/open-log.ts';
import { readSince } from '../../logs/read/read-texts.ts';

/** Lines of the last day that deserve a look. */
export interface Suspicious {
  /** Logs that were read whole. */
  readonly logs: readonly string[];
  readonly total: number;
  readonly counts: readonly {
    readonly log: string;
    readonly word: string;
    readonly count: number;
  }[];
  /** The last of them, as A shows them: without secrets, one line each. */
  readonly last: readonly string[];
  readonly unread: readonly string[];
}

const DAY = 86_400_000;
/** A shows ten. */
const SHOWN = 10;
const LETTERS = 300;

/** What nobody asks a web application for who means well. Of access logs only. */
const PROBES: readonly (readonly [string, RegExp])[] = [
  ['path traversal', /(?:\.\.|%2e%2e)(?:\/|%2f)/i],
  ['a file that holds secrets', /\/(?:\.env|\.git\/|\.aws\/|\.ssh\/|id_rsa|wp-config)/i],
  [
    'an injection into SQL',
    /union(?:\s|%20|\+)+(?:all(?:\s|%20|\+)+)?select|;(?:%20|\+)*drop(?:\s|%20|\+)+table/i,
  ],
  ['a script in a query', /<script|%3cscript/i],
  ['Log4Shell', /\$\{jndi:/i],
];

/** Looks for the words of the target in all its logs, upper and lower case alike, and for probes in those of web servers. */
export async function suspiciousLines(target: Target, now = Date.now()): Promise<Suspicious> {
  const words = target.security.suspicious.map(
    (word) =>
      [word, new RegExp(word.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`), 'i')] as const,
  );
  const counts = new Map<string, { log: string; word: string; count: number }>();
  const last: string[] = [];
  const logs: string[] = [];
  const unread: string[] = [];
  for (const log of target.logs) {
    const name = relative(target.directory, log.file);
    const forms = log.format === 'access' ? [...words, ...PROBES] : words;
    try {
      await withLog(target, log.file, async (open) => {
        unread.push(...open.refused.map((why) => `${name}: ${why}`));
        if (!open.live && open.rotated.length === 0) {
          if (open.refused.length === 0) unread.push(`${name}: It is not there`);
          return;
        }
        await readSince(open, log, now - DAY, ({ text }) => {
          for (const [word, form] of forms) if (form.test(text)) take(name, word, text);
        });
        logs.push(name);
      });
    } catch (error) {
      unread.push(`${name}: ${(error as Error).message}`);
    }
  }
  const rows = [...counts.values()].toSorted((one, other) => other.count - one.count);
  return {
    logs,
    total: rows.reduce((sum, { count }) => sum + count, 0),
    counts: rows.slice(0, 50),
    last,
    unread,
  };

  function take(log: string, word: string, text: string): void {
    const key = `${log}\0${word}`;
    const known = counts.get(key) ?? { log, word, count: 0 };
    known.count += 1;
    counts.set(key, known);
    last.push(`${log}: ${plainLine(redacted(text.slice(0, 4 * LETTERS)), LETTERS)}`);
    if (last.length > SHOWN) last.shift();
  }
}
