import { countText } from '../../config/text/count-text.ts';
import type { TimelineEntry } from '../../incident/incident.ts';

/** What happened: one thing, or many of a kind as one. */
export interface Happening {
  readonly at: string;
  /** When the last of them was. Missing: it is one. */
  readonly until?: string;
  readonly what: string;
  readonly by: string;
  readonly text: string;
  /** All of them, the oldest first. Missing: it is one. */
  readonly all?: readonly TimelineEntry[];
}

/** So few are shown one by one. */
const FEW = 3;

/** A fault that came and went, and a message that was tried in vain again and again, is one line with its count. */
export function collapse(timeline: readonly TimelineEntry[]): Happening[] {
  const groups: TimelineEntry[][] = [];
  for (const entry of timeline) {
    const last = groups.at(-1);
    const kind = kindOf(entry);
    if (last && kind !== undefined && kindOf(last[0]!) === kind) last.push(entry);
    else groups.push([entry]);
  }
  return groups.flatMap((some) => (some.length > FEW ? [together(some)] : some));
}

/** What is alike if it comes one after the other. Undefined: it stands for itself. */
function kindOf({ what, by, text }: TimelineEntry): string | undefined {
  if (what === 'cleared' || what === 'flapping') return 'flaps';
  // The first is the beginning of the episode.
  if (what === 'triggered') return text === BACK ? 'flaps' : undefined;
  return what === 'unnotified' ? `${what} ${by} ${text}` : undefined;
}

/** As `incident/episode.ts` says it. */
const BACK = 'It is back';

function together(all: readonly TimelineEntry[]): Happening {
  const [first] = all as readonly [TimelineEntry];
  const until = all.at(-1)!.at;
  const sources = [...new Set(all.map(({ by }) => by))].join(', ');
  if (first.what === 'unnotified')
    return { ...first, until, text: `${countText(all.length, 'time')}: ${first.text}`, all };
  const back = all.filter(({ what }) => what === 'triggered').length;
  const last = all.findLast(({ what }) => what !== 'flapping')!;
  const text = `It went away and came back ${countText(back, 'time')}, and was ${last.what === 'cleared' ? 'away' : 'there'} in the end`;
  return { at: first.at, until, what: 'flaps', by: sources, text, all };
}
