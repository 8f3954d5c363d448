import { existsSync, readFileSync } from 'node:fs';
import type { Act } from './note-acts.ts';

/** One attempt of one acting activity, by its own notes. */
export interface Acted {
  readonly run: string;
  readonly activity: string;
  readonly begin: bigint;
  /** Its last note: of an attempt that was killed, the last that it did. */
  readonly last: bigint;
  readonly ended: boolean;
}

export function actsIn(file: string): Acted[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  const attempts = Map.groupBy(
    lines.map((line) => JSON.parse(line) as Act),
    ({ attempt }) => attempt,
  );
  return [...attempts.values()].map((notes) => ({
    run: notes[0]!.run,
    activity: notes[0]!.activity,
    begin: BigInt(notes[0]!.at),
    last: BigInt(notes.at(-1)!.at),
    ended: notes.at(-1)!.what === 'end',
  }));
}

/** Every two attempts that worked at the same time, whoever's they are. */
export function overlapsIn(acts: readonly Acted[]): [Acted, Acted][] {
  const inOrder = acts.toSorted((one, other) => (one.begin < other.begin ? -1 : 1));
  return inOrder.flatMap((one, index) =>
    inOrder
      .slice(index + 1)
      .filter(({ begin }) => begin <= one.last)
      .map((other): [Acted, Acted] => [one, other]),
  );
}
