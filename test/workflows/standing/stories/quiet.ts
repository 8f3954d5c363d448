import type { openHearing } from './hearing.ts';

type Kind = 'hold' | 'silence';

/** Somebody works on the target, or has silenced the fault. Minutes since the story began. */
export function openQuiet({ all, timeOf }: Pick<ReturnType<typeof openHearing>, 'all' | 'timeOf'>) {
  const open = new Map<Kind, { readonly since: number; readonly until: number }>();

  return {
    isQuiet: () => open.size > 0,

    begin(kind: Kind, since: number, until: number): void {
      open.set(kind, { since: open.get(kind)?.since ?? since, until });
    },

    /** True: nothing is held back any more, and something was of what began at `opened`: that begins anew. */
    end,

    passed(now: number, opened: number): boolean {
      const over = [...open].filter(([, { until }]) => until <= now).map(([kind]) => kind);
      return over.map((kind) => end(kind, opened)).includes(true);
    },
  };

  function end(kind: Kind, opened: number): boolean {
    const ended = open.get(kind);
    open.delete(kind);
    if (!ended || open.size > 0) return false;
    // What was not noticed to be held back goes on as if nothing had been.
    return all().some((one) => one.held && timeOf(one) >= Math.max(ended.since, opened));
  }
}
