import { type Assignment, assignmentsOf, type EnvFile, isUnclear } from './env-file.ts';

/** The one value of a name that all readers of a file take for the same. */
export interface PlainValue {
  readonly value: string;
  /** The file with another value in its place, and every other byte as it was. `value` is of letters, digits, "-" and "_". */
  replacedBy(value: string): EnvFile;
}

/** Why a value is not replaced: without a word of it, which is a secret. */
export class UnclearValue extends Error {
  override readonly name = 'UnclearValue';
}

/**
 * Finds the value of `name`, which must be one that Compose, python-dotenv, dotenv of Node and systemd read alike: assigned once, on one
 * line, without what some of them take for a comment, an escape or a reference. Error: `UnclearValue`.
 */
export function plainValueOf(file: EnvFile, name: string): PlainValue {
  const found = assignmentsOf(file).get(name) ?? [];
  const unclear = file.pieces.find(
    (piece) => isUnclear(piece) && !piece.isVoid && piece.raw.includes(name),
  );
  if (unclear)
    throw new UnclearValue(`line ${unclear.line}, which names it, is not clear to all readers`);
  const [only, second] = found;
  if (!only) throw new UnclearValue('it is not assigned');
  if (second)
    throw new UnclearValue(`it is assigned twice, in line ${only.line} and ${second.line}`);
  const { from, to, value } = placeOf(only);
  return {
    value,
    replacedBy(next) {
      if (!/^[\w-]+$/.test(next)) throw new UnclearValue('the new one has other letters');
      const raw = `${only.raw.slice(0, from)}${next}${only.raw.slice(to)}`;
      return { ...file, pieces: file.pieces.map((one) => (one === only ? { ...one, raw } : one)) };
    },
  };
}

/** Where the bare value stands in the line: within its quotes. */
function placeOf({ raw, value, line }: Assignment) {
  const start = raw.length - value.length - (raw.endsWith('\r') ? 1 : 0);
  const [quote] = /^["']/.exec(value) ?? [''];
  const end = quote === '' ? value.trimEnd().length : value.indexOf(quote, 1);
  const from = start + quote.length;
  const bare = value.slice(quote.length, end);
  const why = faultOf(bare, quote);
  if (why !== undefined) throw new UnclearValue(`line ${line} ${why}`);
  return { from, to: from + bare.length, value: bare };
}

function faultOf(bare: string, quote: string): string | undefined {
  if (bare === '') return 'has no value';
  if (bare.includes('\n')) return 'has a value of several lines';
  if (bare.includes('$') && quote !== "'") return 'has a "$" in its value';
  if (/[\\`]/.test(bare)) return 'has a backslash or a backtick in its value';
  if (bare.includes('#') && quote === '') return 'has a "#" in its value';
  return /[^ -~]/.test(bare) ? 'has an unusual letter in its value' : undefined;
}
