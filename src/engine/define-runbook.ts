import {
  ApplicationFailure,
  CancellationScope,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { z } from 'zod';
import type { Settings } from '../activities/served-by-worker/target.ts';
import { stampOf } from '../config/time/stamp.ts';
import { openApprovals } from './approvals.ts';
import { openAudit } from './audit.ts';
import { openChildren } from './children.ts';
import { openClaim } from './claim.ts';
import { openControl } from './control.ts';
import { openDecisions } from './decisions.ts';
import { isDown } from './downtime.ts';
import { type Ending, type Outcome, reasonOf } from './ending.ts';
import { Envelope } from './envelope.ts';
import { explain } from './explain.ts';
import type { Intervention } from './interventions.ts';
import { closeLedger, type LedgerLine, ledgerTable, openLedger } from './ledger.ts';
import { explainQuery, ledgerQuery } from './messages.ts';
import { openNotices } from './notices.ts';
import { parse } from './parse.ts';
import { openPlanning } from './planning.ts';
import type { Plan, RunbookDefinition } from './runbook-facts.ts';
import type { Step } from './step.ts';
import { openSteps } from './steps.ts';
import { callerFor } from './systems.ts';
import { lateBy, watchOverrun } from './timeliness.ts';
import { openVisibility } from './visibility.ts';
import { openWindow } from './window.ts';

/** Makes a workflow of a runbook: it reads like the manual's page, and always ends with a ledger. */
export function defineRunbook<const P extends Plan, Input extends z.ZodType, Output>(
  definition: RunbookDefinition<P, Input, Output>,
) {
  async function runbook(argument: z.input<typeof Envelope>): Promise<Ending<Output>> {
    const envelope = parse(Envelope, argument);
    const { target, by, because, mode } = envelope;
    const planning = mode === 'plan';
    const root = CancellationScope.current();
    const { title, severity } = definition;
    /** Why this run may end as skipped: it has done nothing, and people are notified. */
    const skips = new Set(['AutomationOff', 'GovernorLimit']);
    if (definition.whenHeld === 'skip') skips.add('TargetLocked');
    if (envelope.automatic) skips.add('OutsideWindow');
    const { workflowId: run, workflowType, startTime } = workflowInfo();

    const ledger = openLedger(definition.plan);
    const interventions: Intervention[] = [];
    const { notify, ask, notices } = openNotices({
      title,
      target,
      run,
      severity,
      silent: planning,
    });
    const visibility = openVisibility(definition, target);
    const callTarget = callerFor(target, (type) =>
      ask(`No worker takes "${type}": start one with "runbook worker ${target}"`),
    );
    const { call, planned, isFirstAct, firstAct } = openPlanning(planning, callTarget);
    const claim = openClaim(definition, envelope, call, async (reason) => {
      const [first] = ledger as [LedgerLine];
      delete first.note;
      if (reason !== undefined) first.note = reason;
      show();
      if (reason !== undefined) await ask(`${reason}. The run waits, and goes on by itself`);
    });
    const window = openWindow(definition, envelope);
    const audit = openAudit({ run, target, call, notify, silent: planning });
    const startedAt = startTime.toISOString();
    audit.note({ at: startedAt, what: 'started', by, reason: because });
    const remember = (intervention: Intervention): void => {
      interventions.push(intervention);
      audit.note(intervention);
    };
    let settings: Settings;
    let tookOver: Ending['tookOver'];

    const people = { ledger, run, show, ask, remember };
    const control = openControl(remember);
    const decisions = openDecisions(people);
    const approvals = openApprovals({
      ...people,
      requester: by,
      policy: () => settings.approvals,
    });
    const { stepFor, settle, undoAll } = openSteps({
      call,
      childrenOf: openChildren({
        run,
        envelope,
        holdsTarget: claim.mayHold,
        firstAct,
        show,
      }),
      show,
      notify,
      pastCutoff: (line) => window.pastCutoff(line),
      passable: async (line) => {
        await audit.flush();
        await audit.after(control.untilResumed(line, show));
      },
      approved: async (line, why) => {
        if (!planning) await audit.after(approvals.expect(line, why));
      },
      planned,
      decide: async (line, reason, skippable) => {
        if (planning) return 'undo';
        const { wait, waitWhileDown } = settings.decisions;
        const down = isDown(ledger, definition.downtime);
        const question = { line, reason, skippable, wait: down ? waitWhileDown : wait };
        return audit.after(decisions.ask(question));
      },
    });
    const steps = Object.fromEntries(ledger.map((line) => [line.id, stepFor(line)]));
    setHandler(ledgerQuery, () => ledger, { description: 'The state of every line of this run' });
    setHandler(explainQuery, () => explain(ledger), {
      description: 'What the run does now, or whom it waits for',
    });

    const late = lateBy(definition.lateness);
    if (late !== undefined) {
      await notify(
        `Skipped: it was due at ${late}, and would have begun at ${new Date().toISOString()}`,
      );
      return end('skipped');
    }
    const overrun = watchOverrun(definition.expected, notify);
    let output: Output;
    try {
      const input = parse(definition.input, envelope.input ?? {});
      const asked = envelope.stamp ?? stampOf(startTime);
      const admission = await audit.carried((events) => claim.take(asked, events));
      const { unfinished } = admission;
      settings = admission.settings;
      visibility.begin(admission.searchAttributes);
      if (unfinished.length > 0) {
        const dead = unfinished.map((one) => one.run);
        tookOver = { from: dead.join(', '), at: new Date().toISOString() };
        audit.note({ ...tookOver, what: 'took over', by });
        await audit.flush();
        await ask(
          `Took the target over from "${dead.join('" and "')}", which ended without releasing it`,
        );
      }
      window.enter(settings);
      const inside = window.current();
      if (inside) overrun.windowEndsAt(inside.until);
      output = await definition.run({
        input,
        run,
        by,
        because,
        settings,
        window: inside,
        stamp: admission.stamp ?? asked,
        unfinished,
        step: steps as { [Id in keyof P]: Step },
      });
      await settle();
    } catch (error) {
      const reason = reasonOf(error);
      if (isFirstAct(reason)) return end('done');
      if (skips.has(reason.type)) {
        await notify(`Skipped: ${reason.message}`);
        return end('skipped');
      }
      throw await failureOf(error);
    } finally {
      overrun.cancel();
    }
    return end('done', { output });

    /** A bug, too, must end the run: a plain error would fail the workflow task, and be tried for ever while the target waits. */
    async function failureOf(error: unknown): Promise<ApplicationFailure> {
      // A plan has done nothing that could be put back.
      const { undone, left } = planning ? { undone: 0, left: [] } : await undoAll();
      const failure = reasonOf(error);
      const stopped = failure.type === 'Stopped';
      const outcome =
        left.length > 0 ? 'failed' : stopped ? 'stopped' : undone ? 'undone' : 'failed';
      if (outcome !== 'stopped') await ask(failure.message, ...left);
      const ending = await end(outcome, { failure, left });
      return ApplicationFailure.create({
        message: failure.message,
        type: outcome,
        nonRetryable: true,
        details: [ending],
        cause: error as Error,
      });
    }

    async function end(
      outcome: Outcome,
      how: Partial<Pick<Ending<Output>, 'output' | 'failure' | 'left'>> = {},
    ): Promise<Ending<Output>> {
      closeLedger(ledger, planning ? 'planned' : 'unreached');
      show();
      visibility.end(outcome);
      const endedAt = new Date().toISOString();
      audit.note({
        at: endedAt,
        what: 'ended',
        by: 'runbook',
        outcome,
        reason: how.failure?.message,
      });
      const facts = { runbook: workflowType, title, target, run, mode, by, because, tookOver };
      const lists = { ledger, left: [], notices, interventions };
      const ending = { ...facts, input: envelope.input, outcome, ...lists, ...how };
      const { downtime } = definition;
      const recording = { ending, startedAt, endedAt, stopped: root.consideredCancelled, downtime };
      const stop = await audit.record(recording, { held: claim.mayHold() });
      if (stop) interventions.push({ what: 'stopped', ...stop });
      // What was done stays done, and what was undone stays undone, when only the release fails.
      await CancellationScope.nonCancellable(() => claim.release(outcome)).catch((error: unknown) =>
        ask(`Cannot release the target: ${reasonOf(error).message}`),
      );
      return ending;
    }

    function show(line?: LedgerLine): void {
      setCurrentDetails(ledgerTable(ledger));
      if (line?.state === 'running' || line?.state === 'waiting')
        visibility.step(line.id, line.state);
    }
  }
  return Object.assign(runbook, { definition });
}
