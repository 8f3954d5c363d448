import type { z } from 'zod';
import { admit } from './admit.ts';
import { end, endUndone } from './end.ts';
import { openRun, type Run } from './open-run.ts';
import { type Ending, type Reason, reasonOf } from './run/ending.ts';
import { Envelope } from './run/envelope.ts';
import { parse } from './run/parse.ts';
import { expectDefinition, type Plan } from './run/runbook-facts.ts';
import type { RunbookDefinition } from './runbook-definition.ts';
import type { Step } from './steps/step.ts';
import { lateBy, watchOverrun } from './target/timeliness.ts';

/** Makes a workflow of a runbook: it reads like the manual's page, and always ends with a ledger. */
export function defineRunbook<const P extends Plan, Input extends z.ZodType, Output>(
  definition: RunbookDefinition<P, Input, Output>,
) {
  expectDefinition(definition);

  async function runbook(argument: z.input<typeof Envelope>): Promise<Ending<Output>> {
    const run = openRun(definition, parse(Envelope, argument));
    const late = lateBy(definition.lateness);
    if (late !== undefined) {
      const now = new Date().toISOString();
      return skip(run, `it was due at ${late}, and would have begun at ${now}`);
    }
    const overrun = watchOverrun(definition.expected, run.notices.notify);
    let output: Output;
    try {
      const input = parse(definition.input, run.envelope.input ?? {});
      const admitted = await admit(run);
      if (admitted.window) overrun.windowEndsAt(admitted.window.until);
      const { because, automatic, under } = run.envelope;
      const by = run.who?.name ?? run.envelope.by;
      const step = run.steps.all as { [Id in keyof P]: Step };
      const { notDone } = run.steps;
      output = await definition.run({
        ...admitted,
        input,
        run: run.id,
        by,
        because,
        asked: !automatic && under === undefined,
        step,
        notDone,
        mention: (text) => run.notices.mention('sev4', text),
      });
      await run.steps.settle();
    } catch (error) {
      const reason = reasonOf(error);
      if (run.isFirstAct(reason)) return await end(run, 'done');
      if (isSkip(run, reason)) return await skip(run, reason.message);
      // A bug, too, must end the run: a plain error would fail the workflow task, and be tried for ever while the target waits.
      throw await endUndone(run, error);
    } finally {
      overrun.cancel();
    }
    return endWith(run, output);
  }
  return Object.assign(runbook, { definition });
}

/** What a list of things to do went on without is told in one note, which wakes nobody. */
async function endWith<Output>(run: Run, output: Output): Promise<Ending<Output>> {
  const notDone = run.definition.endsPartly && !run.planning ? run.steps.notDone() : [];
  if (notDone.length === 0) return end(run, 'done', { output });
  await run.notices.mention('sev4', `Done in part. Not done: ${notDone.join('. ')}`);
  return end(run, 'partly', { output, notDone });
}

/** It has done nothing, and people are notified. */
async function skip<Output>(run: Run, why: string): Promise<Ending<Output>> {
  await run.notices.notify(`Skipped: ${why}`);
  return end(run, 'skipped');
}

function isSkip({ definition, envelope }: Run, { type }: Reason): boolean {
  const skips = ['AutomationOff', 'GovernorLimit'];
  if (definition.whenHeld === 'skip') skips.push('TargetLocked');
  if (envelope.automatic) skips.push('OutsideWindow');
  return skips.includes(type);
}
