import { failed } from '../../engine/run/failed.ts';
import type { Step } from '../../engine/steps/step.ts';
import { type Figure, worstOf } from '../../figures/figure.ts';
import { isAlarming } from './look-twice.ts';

/** Shows the figures of one line of the manual's page, each as a part of the line. `more`: what else is known of one. */
export async function show(
  line: Step,
  figures: readonly Figure[],
  names: RegExp,
  more: (figure: Figure) => string | undefined = () => undefined,
): Promise<void> {
  const shown = figures.filter(({ name }) => names.test(name));
  if (shown.length === 0) return line.omit('Nothing of it is measured');
  if (shown.every(({ verdict }) => verdict === 'not applicable'))
    return line.omit(`Not applicable: ${[...new Set(shown.map(({ note }) => note))].join('; ')}`);
  await line.each(
    shown,
    (figure) => [textOf(figure), more(figure)].filter(Boolean).join('; '),
    async (_, figure) => figure.name,
    { note: () => worstOf(shown) },
  );
}

/** Ends the run as failed when people must hear of a figure. Errors: `Unhealthy`; `CannotCheck`, when what must be known could not be read. */
export async function judge(line: Step, figures: readonly Figure[]) {
  const answer = {
    verdict: worstOf(figures),
    warnings: figures.filter(({ verdict }) => verdict === 'warning').map(adviceOf),
    unknown: figures.filter(({ verdict }) => verdict === 'unknown').map(textOf),
  };
  return line(
    async () => {
      const alarming = figures.filter(isAlarming);
      const critical = alarming.filter(({ verdict }) => verdict === 'critical');
      if (critical.length > 0) throw failed('Unhealthy', critical.map(adviceOf).join('; '));
      if (alarming.length > 0) throw failed('CannotCheck', alarming.map(textOf).join('; '));
      return answer;
    },
    { note: ({ verdict, warnings }) => [verdict, ...warnings].join('; ') },
  );
}

/** `ok: app.health, 200 in 12 ms`. */
function textOf({ name, verdict, note, limit }: Figure): string {
  const bad = verdict === 'warning' || verdict === 'critical';
  return `${verdict}: ${name}, ${note}${bad && limit !== undefined ? ` (${limit})` : ''}`;
}

/** What people do about it, as the manual says. */
function adviceOf({ action, runbook, ...figure }: Figure): string {
  const start = runbook === undefined ? '' : ` (${runbook})`;
  return action === undefined ? textOf(figure) : `${textOf(figure)}. ${action}${start}`;
}
