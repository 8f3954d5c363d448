import { alertOf } from './alert-of.ts';
import type { Figure } from './figure.ts';

/** When the application was started, or its machine, and how long it may take until it answers. In ms (since 1970). */
export interface Starts {
  readonly at: number;
  readonly within: number;
}

/**
 * Gives an application the time that it takes to start, once: one that is started again and again, and never answers, is down.
 */
export function startWatch() {
  let answeredAt = -Infinity;
  let firstAt: number | undefined;

  return {
    isStarting(figures: readonly Figure[], starts: Starts | undefined, now: number): boolean {
      const proofs = figures.filter((one) => alertOf(one).proof);
      const fails = proofs.some(({ verdict }) => verdict === 'critical');
      if (!fails) {
        const isKnown = proofs.every(({ verdict }) => verdict !== 'unknown');
        // Also one that was stopped on purpose since.
        if (isKnown) firstAt = undefined;
        if (proofs.some(({ verdict }) => verdict === 'ok')) answeredAt = now;
        return false;
      }
      // What has answered since it was started is not starting any more.
      if (!starts || starts.at <= answeredAt) return false;
      firstAt ??= starts.at;
      return now >= firstAt && now - firstAt < starts.within;
    },
  };
}
