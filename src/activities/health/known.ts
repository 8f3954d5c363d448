import type { Target } from '../../config/schema/target.ts';
import { alertOf, isOfApplication, keyOf } from '../../figures/alert-of.ts';
import type { Figure } from '../../figures/figure.ts';
import { readKnownFaults } from '../../state/figures/known-faults.ts';

/** `known`: why nobody has to be told of it once more, where it is bad. */
export interface SampledFigure extends Figure {
  readonly known?: string;
}

/** Marks what an incident of the worker holds already, and what is so because a run has taken the application down. */
export function marked(target: Target, figures: readonly Figure[]): SampledFigure[] {
  const faults = readKnownFaults(target);
  if (!faults) return [...figures];
  const open = new Set(faults.alerts);
  return figures.map((figure) => {
    if (figure.verdict !== 'critical' && figure.verdict !== 'unknown') return figure;
    const known = whyKnown(figure);
    return known === undefined ? figure : { ...figure, known };
  });

  function whyKnown(figure: Figure): string | undefined {
    if (faults!.takenDown && isOfApplication(figure)) return 'a run has taken the application down';
    const alert = alertOf(figure);
    if (open.has(keyOf(alert))) return `the incident of ${alert.alertname} is open`;
    const cause = alert.follows.find((one) => open.has(one));
    return cause === undefined ? undefined : `the incident of ${cause} is open`;
  }
}
