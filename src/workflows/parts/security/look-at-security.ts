import type { StepSystems } from '../../../activities/index.ts';
import type { Step } from '../../../engine/steps/step.ts';
import type { Figure } from '../../../figures/figure.ts';
import { inShort } from '../judge-figures.ts';

/** Does one line of a runbook that looks at security: what it found stands in the line, the worst of it first. */
export function lookAtSecurity<Found extends { readonly figures: readonly Figure[] }>(
  line: Step,
  work: (security: StepSystems['security']) => Promise<Found>,
): Promise<Found> {
  return line(({ security }) => work(security), { note: ({ figures }) => textOf(figures) });
}

function textOf(figures: readonly Figure[]): string {
  return figures.every(({ verdict }) => verdict === 'not applicable')
    ? `Not applicable: ${figures.map(({ note }) => note).join('; ')}`
    : inShort(figures);
}
