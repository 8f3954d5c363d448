import { execa } from 'execa';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import type { Figure } from '../../../src/figures/figure.ts';

/** What is bad, by its name, in our own words. */
export type Findings = Readonly<Record<string, string>>;

export interface Fault {
  /** What is arranged, for people. */
  readonly name: string;
  /** Commands of the manuals, as they stand there; and what they are here. */
  readonly commands: readonly ManualCommand[];
  /** Which of ours looks. */
  readonly by: string;
  readonly look: () => Promise<Findings>;
  /** Breaks it. Answers how it is mended. */
  readonly strike: () => Promise<() => unknown>;
}

interface ManualCommand {
  readonly manual: 'A' | 'B';
  readonly text: string;
  /** What stands for the manual's host, paths and ports here. */
  readonly here?: Readonly<Record<string, string>>;
}

/**
 * `yes`: it complains, or fails where it did not. `hangs`: it does not end within 15 s. `says ✅`: it tells that all is well. `shown`: what it
 * prints is another text than when all is well, and people have to know which. `no`: it prints the same.
 */
type Notices = 'yes' | 'hangs' | 'says ✅' | 'shown' | 'no';

export interface Row {
  readonly fault: string;
  readonly manual: string;
  readonly command: string;
  readonly notices: Notices;
  readonly by: string;
  /** Missing: nothing. */
  readonly finding?: string;
}

interface Said {
  readonly text: string;
  readonly code: number | undefined;
}

const LIMIT = 15_000;

/** Asks both while all is well, breaks it, and asks both again. A line for each of the manuals' commands. */
export async function play({ name, commands, by, look, strike }: Fault): Promise<Row[]> {
  const foundBefore = await look();
  const well = await inTurn(commands, run);
  const again = await inTurn(commands, run);
  const mend = await strike();
  try {
    // Ours first: one of theirs makes a database that is missing.
    const found = Object.entries(await look()).filter(([key]) => !(key in foundBefore));
    const bad = await inTurn(commands, run);
    const finding = [...new Set(found.map(([, text]) => text))].slice(0, 2).join('; ');
    return commands.map(({ manual, text }, index) => ({
      fault: name,
      manual,
      command: text,
      notices: noticed([well[index]!, again[index]!], bad[index]!),
      by,
      ...(finding !== '' && { finding }),
    }));
  } finally {
    await mend();
  }
}

async function inTurn<Item, Result>(
  items: readonly Item[],
  each: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await each(item));
  return results;
}

async function run({ text, here = {} }: ManualCommand): Promise<Said> {
  const command = Object.entries(here).reduce(
    (whole, [there, own]) => whole.replaceAll(there, own),
    text,
  );
  const { all, exitCode, timedOut } = await execa('bash', ['-c', command], {
    all: true,
    reject: false,
    timeout: LIMIT,
    stdin: 'ignore',
    killDescendants: true,
  } as object);
  return timedOut
    ? { text: '', code: undefined }
    : { text: withoutProgress(String(all)), code: exitCode };
}

/** Of curl's meter people learn nothing: it has other times at each call. */
function withoutProgress(text: string): string {
  const lines = text.split(/[\r\n]+/);
  return lines.filter((line) => !/% Total|Dload|--:--:--/.test(line)).join('\n');
}

function noticed([well, again]: readonly [Said, Said], bad: Said): Notices {
  if (bad.code === undefined) return 'hangs';
  const complains = ({ text }: Said) => /❌|⚠️/.test(text);
  if (complains(bad) && !complains(well)) return 'yes';
  if (bad.code !== 0 && well.code === 0) return 'yes';
  if (bad.text.includes('✅')) return 'says ✅';
  const isSame = well.text === again.text ? well.text === bad.text : shape(well) === shape(bad);
  return isSame ? 'no' : 'shown';
}

/** Of what has other numbers at each call anyway. */
function shape({ text }: Said): string {
  return text.replaceAll(/\d+/g, 'n').replaceAll(/ +/g, ' ');
}

/** Figures that are bad. */
export function badOf(figures: readonly Figure[] | Readonly<Record<string, Figure>>): Findings {
  const bad = Object.values(figures).filter(
    ({ verdict }) => verdict === 'critical' || verdict === 'warning',
  );
  return Object.fromEntries(
    bad
      .toSorted(
        (one, other) => Number(other.verdict === 'critical') - Number(one.verdict === 'critical'),
      )
      .map(({ name, verdict, note }) => [name, `${verdict}: ${note}`]),
  );
}

/** Where the faults are arranged. */
export interface Place {
  readonly target: SqliteTarget;
  readonly directory: string;
}
