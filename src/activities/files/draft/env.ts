import { basename } from 'node:path';
import { parseEnv } from 'node:util';
import { permanent } from '../../../os/failure.ts';

/** What becomes of the keys of an environment file. Names only: a value never leaves this folder. */
export interface EnvChange {
  /** Their live value stays: it looks like a secret, or the backup does not know the key. */
  readonly kept: readonly string[];
  /** They get the backup's value. */
  readonly restored: readonly string[];
  /** They are in the live file only, and go. */
  readonly removed: readonly string[];
}

export interface EnvMerge extends EnvChange {
  readonly text: string;
}

export function isEnv(path: string): boolean {
  return /^\.env(\..+)?$|\.env$/.test(basename(path));
}

/**
 * The backup's file, with the live values of secrets unless they are to be restored, too: a password that was changed since
 * is the one that other systems know. Comments and order are the backup's. Error: `EnvUnreadable`.
 */
export function mergeEnv(
  path: string,
  backup: string,
  live: string | undefined,
  secrets: 'keep' | 'restore',
): EnvMerge {
  if (live === undefined) return { text: backup, kept: [], restored: [], removed: [] };
  const [then, now] = [valuesOf(backup), valuesOf(live)];
  const differing = [...new Set([...then.keys(), ...now.keys()])]
    .filter((key) => then.get(key) !== now.get(key))
    .toSorted();
  const kept = secrets === 'restore' ? [] : differing.filter(stays);
  const others = differing.filter((key) => !kept.includes(key));
  const text = withLiveValues(backup, live, kept);
  expectMerged();
  return {
    text,
    kept,
    restored: others.filter((key) => then.has(key)),
    removed: others.filter((key) => !then.has(key)),
  };

  /** A value that is gone from the live file is damage, not news. */
  function stays(key: string): boolean {
    const [value, before] = [now.get(key), then.get(key)];
    if (!value) return false;
    return before === undefined || looksSecret(key, value) || looksSecret(key, before);
  }

  /** Read again by somebody else's rules, it says what was meant: only then is it written. */
  function expectMerged(): void {
    const merged = valuesOf(text);
    const wrong = [...then.keys(), ...kept].find(
      (key) => merged.get(key) !== (kept.includes(key) ? now : then).get(key),
    );
    if (wrong !== undefined || [...merged.keys()].some((key) => !then.has(key) && !now.has(key)))
      throw permanent(
        'EnvUnreadable',
        `Cannot bring "${path}" of the backup and its live secrets together${wrong === undefined ? '' : ` at "${wrong}"`}: restore it whole with "secrets: restore", or keep it with "configuration: keep"`,
      );
  }
}

function looksSecret(key: string, value: string): boolean {
  return (
    /key|token|secret|pass|pwd|credential|private|salt/i.test(key) ||
    /\w:\/\/[^\s/@]*:[^\s/]*@/.test(value)
  );
}

function valuesOf(text: string): Map<string, string> {
  const values = Object.entries(parseEnv(text)) as [string, string][];
  // What is no name may be a line that was misread, with a secret in it.
  return new Map(values.filter(([key]) => /^[A-Za-z_][\w.-]*$/.test(key)));
}

/** One assignment, over several lines when its value is quoted. */
const ASSIGNMENT =
  /^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=[ \t]*(?:'[^']*'|"[^"]*"|`[^`]*`|[^\r\n]*)[^\r\n]*$/gm;

function withLiveValues(backup: string, live: string, kept: readonly string[]): string {
  if (kept.length === 0) return backup;
  const raw = new Map([...live.matchAll(ASSIGNMENT)].map(([all, key]) => [key!, all]));
  const used = new Set<string>();
  const text = backup.replaceAll(ASSIGNMENT, (all: string, key: string) => {
    const own = kept.includes(key) ? raw.get(key) : undefined;
    if (own === undefined) return all;
    used.add(key);
    return own;
  });
  const added = kept.filter((key) => !used.has(key)).flatMap((key) => raw.get(key) ?? []);
  if (added.length === 0) return text;
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${added.join('\n')}\n`;
}
