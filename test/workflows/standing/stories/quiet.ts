import type { openHearing } from './hearing.ts';

type Kind = 'hold' | 'silence';

/** Somebody works on the target, or has silenced the fault. Minutes since the story began. One may begin while the other goes on. */
export function openQuiet({ all, timeOf }: Pick<ReturnType<typeof openHearing>, 'all' | 'timeOf'>) {
  const open = new Map<Kind, number>();
  /** When it became quiet, by whichever of them. */
  let since = 0;

  return {
    isQuiet: () => open.size > 0,

    begin(kind: Kind, now: number, until: number): void {
      if (open.size === 0) since = now;
      open.set(kind, until);
    },

    /** True: nothing is held back any more, and something was of what began at `opened`: that begins anew. */
    end,

    passed(now: number, opened: number): boolean {
      const over = [...open].filter(([, until]) => until <= now).map(([kind]) => kind);
      return over.map((kind) => end(kind, opened)).includes(true);
    },
  };

  function end(kind: Kind, opened: number): boolean {
    const wasOpen = open.delete(kind);
    if (!wasOpen || open.size > 0) return false;
    // What was not noticed to be held back goes on as if nothing had been.
    return all().some((one) => one.held && timeOf(one) >= Math.max(since, opened));
  }
}
