import type { SampledFigure } from '../../activities/health/known.ts';
import { failed } from '../../engine/run/failed.ts';
import type { Step } from '../../engine/steps/step.ts';
import { type Figure, worstOf } from '../../figures/figure.ts';
import { isAlarming } from './look-twice.ts';

/** Shows the figures of one line of the manual's page, each as a part of the line. `more`: what else is known of one. */
export function show(
  line: Step,
  figures: readonly Figure[],
  names: RegExp,
  more: (figure: Figure) => string | undefined = () => undefined,
): void {
  const shown = figures.filter(({ name }) => names.test(name));
  if (shown.length === 0) return line.omit('Nothing of it is measured');
  if (shown.every(({ verdict }) => verdict === 'not applicable'))
    return line.omit(`Not applicable: ${[...new Set(shown.map(({ note }) => note))].join('; ')}`);
  const parts = shown.map((figure) => [textOf(figure), more(figure)].filter(Boolean).join('; '));
  line.tell(inShort(shown), parts);
}

/** What stands in the line itself: all that is bad; of what is well, some. */
export function inShort(figures: readonly Figure[]): string {
  const worst = worstOf(figures);
  const bad = figures.filter(({ verdict }) => verdict !== 'ok' && verdict !== 'not applicable');
  if (bad.length > 0) return [worst, ...bad.map(({ name, note }) => `${name}, ${note}`)].join('; ');
  const well = figures.filter(({ verdict }) => verdict === 'ok').slice(0, SHOWN);
  return [worst, ...well.map(({ note }) => note)].join('; ');
}

/** So many say enough in one sentence: all of them are parts of their lines. */
const SHOWN = 3;

/**
 * Ends the run as failed when people must hear of a figure. What an incident holds already is only mentioned, unless a person `asked`.
 * Errors: `Unhealthy`; `CannotCheck`, when what must be known could not be read.
 */
export async function judge(line: Step, figures: readonly SampledFigure[], asked: boolean) {
  const all = figures.filter(isAlarming);
  const alarming = asked ? all : all.filter(({ known }) => known === undefined);
  const known = all.filter((one) => !alarming.includes(one)).map(knownText);
  const critical = alarming.filter(({ verdict }) => verdict === 'critical');
  const verdict = worstOf(figures);
  await line(
    async () => {
      if (critical.length > 0) throw failed('Unhealthy', firstOf(critical, adviceOf));
      if (alarming.length > 0) throw failed('CannotCheck', firstOf(alarming, textOf));
    },
    { note: () => [verdict, ...known.slice(0, SHOWN)].join('; ') },
  );
  const warnings = figures.filter((one) => one.verdict === 'warning');
  const unknown = figures.filter((one) => one.verdict === 'unknown');
  return {
    verdict,
    ...(known.length > 0 && { known: known.join('; ') }),
    ...(warnings.length > 0 && { warnings: warnings.map(adviceOf).join('; ') }),
    ...(unknown.length > 0 && { unknown: unknown.map(textOf).join('; ') }),
  };
}

/** As a title of an incident bears it. */
function firstOf(figures: readonly Figure[], text: (figure: Figure) => string): string {
  const more = figures.length - SHOWN;
  return [...figures.slice(0, SHOWN).map(text), ...(more > 0 ? [`and ${more} more`] : [])].join(
    '; ',
  );
}

function knownText({ known = '', ...figure }: SampledFigure): string {
  return `${textOf(figure)}: ${known}`;
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
