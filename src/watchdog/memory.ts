import { z } from 'zod';
import { type Finding, type Subject, subjects } from './looks/finding.ts';

/** What is wrong, and what was said of it. Times are ISO 8601, UTC. */
const Trouble = z.strictObject({
  since: z.iso.datetime(),
  /** When people heard of it last. Missing: they have not. */
  told: z.exactOptional(z.iso.datetime()),
  text: z.string().max(10_000),
});
type Trouble = z.infer<typeof Trouble>;

/** Survives the process, so that a restart tells nobody twice. */
export const Memory = z.partialRecord(z.enum(subjects), Trouble);
export type Memory = z.infer<typeof Memory>;

/** What people are to hear now. */
export interface News {
  readonly subject: Subject;
  readonly kind: 'wrong' | 'still' | 'over';
  readonly since: string;
  readonly text: string;
  readonly hint?: string;
}

interface Moment {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** For how many looks in a row, this one included, each subject has not been well. */
  readonly looks: ReadonlyMap<Subject, number>;
}

export interface Patience {
  /** Looks in a row. */
  readonly looks: number;
  /** In ms. */
  readonly repeat: number;
}

/**
 * What one round of looks means, given what is remembered. What was not looked at, because something else hides it, stays as it was. Patience is
 * counted in looks: a clock that is set shortens none.
 */
export function judge(
  memory: Memory,
  findings: readonly Finding[],
  { at, looks }: Moment,
  patience: Patience,
): { readonly memory: Memory; readonly news: readonly News[] } {
  const next: Memory = { ...memory };
  const news: News[] = [];
  for (const { subject, state, text, hint } of findings) {
    const known = memory[subject];
    if (state === 'ok') {
      if (known?.told === undefined) delete next[subject];
      else news.push({ subject, kind: 'over', since: known.since, text });
      continue;
    }
    const since = known?.since ?? at;
    next[subject] = { ...known, since, text };
    const kind = known?.told === undefined ? 'wrong' : 'still';
    const due =
      kind === 'wrong'
        ? (looks.get(subject) ?? 0) > patience.looks
        : Math.abs(Date.parse(at) - Date.parse(known!.told!)) >= patience.repeat;
    if (due) news.push({ subject, kind, since, text, ...(hint !== undefined && { hint }) });
  }
  return { memory: next, news };
}

/** People have heard of it. */
export function afterTelling(memory: Memory, { subject, kind }: News, at: string): Memory {
  const { [subject]: known, ...others } = memory;
  return kind === 'over' || !known ? others : { ...others, [subject]: { ...known, told: at } };
}
