import { alertOf, type FigureAlert, keyOf } from './alert-of.ts';
import type { Figure } from './figure.ts';
import {
  believed,
  judge,
  type Judgement,
  NOT_JUDGED,
  OPENS_BY_PROOF,
  type Reading,
  readingOfFigure,
  WINDOW,
} from './judge.ts';

/** One figure, as its last samples say. */
export interface JudgedFigure {
  /** As it was seen last. */
  readonly figure: Figure;
  readonly judgement: Judgement;
}

/** All figures of one incident. */
export interface Group {
  readonly key: string;
  readonly alert: FigureAlert;
  readonly members: readonly JudgedFigure[];
}

/** Judges each figure by itself: one that stays a warning keeps nothing open that was opened by another, and one that is well hides none. */
export function judgedFigures() {
  const all = new Map<string, JudgedFigure>();

  return {
    /** `left`: whether this one is passed over, as if it could not be read. */
    take(figures: readonly Figure[], left: (figure: Figure) => boolean): void {
      for (const figure of figures) {
        const before = all.get(figure.name)?.judgement;
        if (isSource(figure)) continue;
        const { proof, counted } = alertOf(figure);
        const reading = left(figure) ? undefined : readingOf(figure);
        const judgement =
          counted && reading
            ? believed(reading)
            : judge(before ?? NOT_JUDGED, reading, proof ? OPENS_BY_PROOF : undefined);
        all.set(figure.name, { figure, judgement });
      }
    },

    /** What is no longer measured, such as a log that was removed, is not wrong any more. Only after a sample in which all was read. */
    takeGone(figures: readonly Figure[]): void {
      const there = new Set(figures.map(({ name }) => name));
      for (const [name, { figure, judgement }] of all)
        if (!there.has(name)) all.set(name, { figure, judgement: judge(judgement, 'good') });
    },

    /** What was seen of these until now says nothing of what comes. What was told stays so until it is seen to be over. */
    forget(which: (figure: Figure) => boolean, wasTold: (figure: Figure) => boolean): void {
      for (const [name, { figure, judgement }] of all) {
        if (!which(figure)) continue;
        const open = judgement.open && wasTold(figure);
        all.set(name, { figure, judgement: { open, last: [] } });
      }
    },

    groups(): Group[] {
      const members = Map.groupBy(all.values(), ({ figure }) => keyOf(alertOf(figure)));
      return [...members].map(([key, some]) => ({
        key,
        alert: alertOf(some[0]!.figure),
        members: some,
      }));
    },
  };
}

export function openOf({ members }: Group): readonly JudgedFigure[] {
  return members.filter(({ judgement }) => judgement.open);
}

export function isBad({ judgement }: JudgedFigure): boolean {
  return judgement.last.at(-1) === 'bad';
}

/** Of a whole window nothing is bad any more. */
export function isSettled({ judgement: { open, last } }: JudgedFigure): boolean {
  return !open && last.length === WINDOW && !last.includes('bad');
}

/** The same, and better than its limits by what a value near them needs. */
export function isWell(one: JudgedFigure): boolean {
  return isSettled(one) && one.judgement.last.every((reading) => reading === 'good');
}

/** What does not apply is not wrong; what could not be read says nothing. */
function readingOf(figure: Figure): Reading | undefined {
  return figure.verdict === 'not applicable' ? 'good' : readingOfFigure(figure);
}

/** It stands for a source that could not be read, and has no figures. */
function isSource({ name }: Figure): boolean {
  return name.startsWith('health.');
}
