import {
  CancellationScope,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Settings } from '../activities/served-by-worker/target.ts';
import { openApprovals } from './approvals.ts';
import { openAudit } from './audit.ts';
import { openChildren } from './children.ts';
import { openClaim } from './claim.ts';
import { openControl } from './control.ts';
import { openDecisions } from './decisions.ts';
import { isDown } from './downtime.ts';
import type { Ending } from './ending.ts';
import type { Envelope } from './envelope.ts';
import { explain } from './explain.ts';
import type { Intervention } from './interventions.ts';
import { type LedgerLine, ledgerTable, openLedger } from './ledger.ts';
import { explainQuery, ledgerQuery } from './messages.ts';
import { openNotices } from './notices.ts';
import { openPlanning } from './planning.ts';
import type { RunbookFacts } from './runbook-facts.ts';
import { openSteps } from './steps.ts';
import { callerFor } from './systems.ts';
import { openVisibility } from './visibility.ts';
import { openWindow } from './window.ts';

/** All that one run consists of, and the handlers of its messages, which are set before anything is awaited. */
export function openRun(definition: RunbookFacts, envelope: Envelope) {
  const { title, severity, plan, downtime } = definition;
  const { target, by, because, mode } = envelope;
  const { workflowId: id, startTime } = workflowInfo();
  const planning = mode === 'plan';
  let settings: Settings;

  const ledger = openLedger(plan);
  const visibility = openVisibility(definition, target);
  const interventions: Intervention[] = [];
  const notices = openNotices({ title, target, run: id, severity, silent: planning });
  const { notify, ask } = notices;

  const untaken = (type: string) =>
    ask(`No worker takes "${type}": start one with "runbook worker ${target}"`);
  const { call, ...planned } = openPlanning(planning, callerFor(target, untaken));
  const claim = openClaim(definition, envelope, call, blocked);
  const window = openWindow(definition, envelope);
  const audit = openAudit({ run: id, target, call, notify, silent: planning });
  audit.note({ at: startTime.toISOString(), what: 'started', by, reason: because });

  const people = { ledger, run: id, show, ask, remember };
  const control = openControl(remember);
  const decisions = openDecisions(people);
  const approvals = openApprovals({
    ...people,
    requester: by,
    policy: () => settings.approvals,
  });
  const holdsTarget = claim.mayHold;
  const childrenOf = openChildren({ run: id, envelope, holdsTarget, show, ...planned });

  const steps = openSteps({
    call,
    childrenOf,
    show,
    notify,
    planned: planned.planned,
    pastCutoff: window.pastCutoff,
    async passable(line) {
      await audit.flush();
      await audit.after(control.untilResumed(line, show));
    },
    async approved(line, why) {
      if (!planning) await audit.after(approvals.expect(line, why));
    },
    async decide(line, reason, skippable) {
      if (planning) return 'undo';
      const { wait, waitWhileDown } = settings.decisions;
      const within = isDown(ledger, downtime) ? waitWhileDown : wait;
      return audit.after(decisions.ask({ line, reason, skippable, wait: within }));
    },
  });

  const all = Object.fromEntries(ledger.map((line) => [line.id, steps.stepFor(line)]));

  setHandler(ledgerQuery, () => ledger, { description: 'The state of every line of this run' });
  setHandler(explainQuery, () => explain(ledger), {
    description: 'What the run does now, or whom it waits for',
  });

  return {
    id,
    definition,
    envelope,
    planning,
    startTime,
    root: CancellationScope.current(),
    ledger,
    interventions,
    notices,
    visibility,
    claim,
    window,
    audit,
    steps: { ...steps, all },
    isFirstAct: planned.isFirstAct,
    tookOver: undefined as Ending['tookOver'],
    show,
    /** The policy that it keeps for its whole life. */
    keep(policy: Settings): void {
      settings = policy;
    },
  };

  function show(line?: LedgerLine): void {
    setCurrentDetails(ledgerTable(ledger));
    if (line?.state === 'running' || line?.state === 'waiting')
      visibility.step(line.id, line.state);
  }

  function remember(intervention: Intervention): void {
    interventions.push(intervention);
    audit.note(intervention);
  }

  /** The first line says why the target cannot be taken. */
  async function blocked(reason?: string): Promise<void> {
    const [first] = ledger as [LedgerLine];
    delete first.note;
    if (reason !== undefined) first.note = reason;
    show();
    if (reason !== undefined) await ask(`${reason}. The run waits, and goes on by itself`);
  }
}

export type Run = ReturnType<typeof openRun>;
