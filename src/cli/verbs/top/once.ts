import type { Target } from '../../../config/schema/target.ts';
import { saidLately } from '../../local/status/said-lately.ts';
import { wholePicture } from './picture/frame.ts';
import { painted, unpainted } from './picture/row.ts';
import { seenOf } from './seen.ts';
import { type Asked, type TopState, verdictOf } from './top-state.ts';

interface OnceOptions {
  readonly every: number;
  readonly local: boolean;
}

/** One look at all targets. Temporal is waited for. */
export async function lookOnce(
  targets: readonly Target[],
  { every, local }: OnceOptions,
): Promise<TopState> {
  const asked = local ? undefined : await answersFor(targets);
  const at = Date.now();
  const seen = targets.map((target) => seenOf(target, at));
  return { at, every, targets: seen, asked, selected: 0, isPaused: false, isHelp: false };
}

/** For a terminal as wide as it is, for all else in full. */
export function onceText(state: TopState, stream: NodeJS.WriteStream): string {
  if (!stream.isTTY) return wholePicture(state, Infinity, unpainted).join('\n');
  const paint = stream.hasColors() ? painted : unpainted;
  return wholePicture(state, stream.columns || 80, paint).join('\n');
}

/** For machines: what is said of a target, with all that was measured in the time of the sparklines. */
export function onceJson({ at, targets, asked }: TopState) {
  return {
    at: new Date(at).toISOString(),
    targets: targets.map((seen) => {
      const answer = asked?.get(seen.target);
      return {
        target: seen.target,
        verdict: verdictOf(seen, answer),
        lines: [...seen.lines, ...(answer?.lines ?? [])],
        figures: seen.figures.map((figure) => ({
          ...figure,
          samples: seen.samples.get(figure.name) ?? [],
        })),
        ...(seen.age !== undefined && { age: Math.round(seen.age / 1000) }),
      };
    }),
  };
}

/** Temporal's client costs more to load than all else: what the worker has just been told is told as of then. */
async function answersFor(targets: readonly Target[]): Promise<TopState['asked']> {
  const now = Date.now();
  const said = new Map(targets.map((target) => [target, saidLately(target, now)]));
  const known = new Map<string, Asked>();
  for (const [{ name }, lately] of said) if (lately) known.set(name, lately);
  const others = targets.filter((target) => !said.get(target));
  return others.length === 0 ? known : new Map([...known, ...(await answersOf(others))]);
}

async function answersOf(targets: readonly Target[]): Promise<NonNullable<TopState['asked']>> {
  const { watchTemporal } = await import('./temporal-watch.ts');
  const temporal = watchTemporal(targets);
  try {
    await temporal.ask();
    return temporal.answers;
  } finally {
    await temporal.close();
  }
}
