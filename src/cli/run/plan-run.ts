import { expectWorker } from '../../client/connection/pollers.ts';
import { followRun } from '../../client/runs/follow-run.ts';
import { startRun } from '../../client/runs/start-run.ts';
import { usualDurations } from '../../client/runs/usual-durations.ts';
import type { RunView } from '../../client/runs/view-run.ts';
import type { Target } from '../../config/schema/target.ts';
import type { RunbookFacts } from '../../engine/run/runbook-facts.ts';
import { inputFrom } from '../input/input-from.ts';
import { login, me } from '../input/me.ts';
import { targetFor } from '../input/target-for.ts';
import { durationText } from '../../report/times.ts';
import { exitCodeOf } from '../output/exit-code.ts';
import { print, printJson, say } from '../output/say.ts';
import { withClient } from './with-client.ts';

/** What reviews have taught of it: as JSON, and as lines. */
interface Lessons {
  readonly learned: readonly unknown[];
  readonly lines: readonly string[];
}

/** Runs the runbook up to its first act, and prints that, what would follow with its usual time, and what was learned of it. */
export async function planRun(
  runbook: string,
  facts: RunbookFacts,
  options: Record<string, unknown>,
  lessonsOf: (target: Target) => Lessons,
): Promise<void> {
  const target = targetFor(options['target'] as string | undefined);
  const input = inputFrom(runbook, facts, options, target);
  await withClient(async (client) => {
    await expectWorker(client, target.name);
    const request = {
      runbook,
      target: target.name,
      input,
      by: me(),
      login: login(),
      mode: 'plan',
    } as const;
    const run = await startRun(client, request);
    let view: RunView | undefined;
    for await (view of followRun(client, run));
    const usual = await usualDurations(client, runbook, target.name);
    process.exitCode = exitCodeOf(view!);
    printPlan(view!, usual, lessonsOf(target), options['json'] === true);
  });
}

function printPlan(
  view: RunView,
  usual: ReadonlyMap<string, number>,
  { learned, lines }: Lessons,
  json: boolean,
): void {
  const { run, ending, ledger = [] } = view;
  const steps = ledger.map((line) => ({ ...line, usualMilliseconds: usual.get(line.id) }));
  const downtime = downtimeOf(view, usual);
  const { outcome, failure } = ending ?? {};
  if (json) return printJson({ run, outcome, failure, steps, downtime, learned });
  for (const { number, title, state, note, usualMilliseconds } of steps) {
    const time =
      usualMilliseconds === undefined ? '' : `  usually ${(usualMilliseconds / 1000).toFixed(2)} s`;
    const read = state === 'done' ? 'read: ' : state === 'failed' ? 'fails: ' : '';
    print(`${String(number).padStart(2)}. ${title}${time}${note ? `\n      ${read}${note}` : ''}`);
  }
  if (downtime) print(`\n${downtimeText(downtime)}`);
  if (lines.length > 0) print(['', ...lines].join('\n'));
  say('', ending?.failure ? `It would fail: ${ending.failure.message}` : 'Nothing was changed');
}

interface PlannedDowntime {
  /** Numbers of the steps. */
  readonly from: number;
  readonly until: number;
  /** By the runs of before. Missing: none of them tells. */
  readonly usualMilliseconds?: number;
}

/** Between which steps the application would be down, and for how long. Undefined: the runbook takes nothing down. */
function downtimeOf(
  { downtime, ledger = [] }: RunView,
  usual: ReadonlyMap<string, number>,
): PlannedDowntime | undefined {
  if (!downtime) return undefined;
  const place = (id: string) => ledger.findIndex((line) => line.id === id);
  const lines = ledger.slice(place(downtime.from), place(downtime.until) + 1);
  const [first, last] = [lines[0], lines.at(-1)];
  if (!first || !last) return undefined;
  const known = lines.flatMap(({ id }) => usual.get(id) ?? []);
  const whole = { from: first.number, until: last.number };
  if (known.length === 0) return whole;
  return { ...whole, usualMilliseconds: known.reduce((sum, one) => sum + one, 0) };
}

function downtimeText({ from, until, usualMilliseconds }: PlannedDowntime): string {
  const when = `The application would be down from step ${from} to step ${until}`;
  return usualMilliseconds === undefined
    ? `${when}; for how long no earlier run tells`
    : `${when}, usually for ${durationText(usualMilliseconds)}`;
}
