import {
  CancellationScope,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Settings } from '../activities/served-by-worker/target.ts';
import { openBorder } from './border/border.ts';
import { type Who, whoFrom } from '../config/border/who.ts';
import { openApprovals } from './people/approvals.ts';
import { openBeforehand } from './people/beforehand.ts';
import { openControl } from './people/control.ts';
import { openDecisions } from './people/decisions.ts';
import { openIdentity } from './people/identity.ts';
import { explainQuery, ledgerQuery, statementSignal } from './people/messages.ts';
import { openNotices } from './people/notices.ts';
import { isDown } from './run/downtime.ts';
import type { Ending } from './run/ending.ts';
import type { Envelope } from './run/envelope.ts';
import { explain } from './run/explain.ts';
import type { Intervention } from './run/interventions.ts';
import { type LedgerLine, ledgerTable, openLedger } from './run/ledger.ts';
import type { RunbookFacts } from './run/runbook-facts.ts';
import { openChildren } from './steps/children.ts';
import { openSteps } from './steps/steps.ts';
import { openPlanning } from './systems/planning.ts';
import { callerFor } from './systems/systems.ts';
import { openAudit } from './target/audit.ts';
import { openClaim } from './target/claim.ts';
import { openVisibility } from './target/visibility.ts';
import { openWindow } from './target/window.ts';

/** All that one run consists of, and the handlers of its messages, which are set before anything is awaited. */
export function openRun(definition: RunbookFacts, envelope: Envelope) {
  const { title, severity, family, plan, downtime } = definition;
  const kind = family === 'security' ? family : undefined;
  const { target, by, because, mode } = envelope;
  const { workflowId: id, startTime } = workflowInfo();
  const planning = mode === 'plan';
  let settings: Settings;
  let requester: Who = whoFrom(envelope, { closed: false });

  const ledger = openLedger(plan);
  const visibility = openVisibility(definition, target);
  const interventions: Intervention[] = [];
  const notices = openNotices({ title, target, run: id, severity, kind, silent: planning });
  const { notify, ask, inquire } = notices;

  const waiting = {
    untaken: (type: string) =>
      ask(`No worker takes "${type}": start one with "runbook worker ${target}"`),
    unknown: (type: string) =>
      ask(
        `The worker beside ${target} does not have "${type}": it is of another version than this run. ` +
          'Upgrade it. The run waits, and goes on by itself',
      ),
    misplaced: (why: string) => ask(`${why}. The run waits for its place, and goes on by itself`),
  };
  const { call, ...planned } = openPlanning(planning, callerFor(target, waiting));
  const claim = openClaim(definition, envelope, call, blocked);
  const window = openWindow(definition, envelope);
  const audit = openAudit({ run: id, target, call, notify, silent: planning });
  audit.note({ at: startTime.toISOString(), what: 'started', by, reason: because });

  const border = openBorder();
  const identity = openIdentity();
  // What comes with an answer is looked for in history.
  setHandler(statementSignal, () => {});
  const people = { border, ledger, run: id, identity, show, inquire, remember };
  const control = openControl(border, identity, remember);
  const identifies = () => settings?.approvals.people !== undefined;
  const decisions = openDecisions({ ...people, identifies });
  const beforehand = openBeforehand(envelope, startTime, () => requester);
  const approvals = openApprovals({
    ...people,
    requester: () => requester,
    beforehand,
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
    pastCutoff: (line) => window.pastCutoff(line),
    async passable(line) {
      const unknown = identity.settled();
      if (unknown) await unknown;
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
    policy: undefined as Ending['policy'],
    show,
    identity,
    /** Who started it, once it was let in by a worker that can say so. */
    who: undefined as Ending['who'],
    /** The policy that it keeps for its whole life. Error: `Refused` when it does not let pass what was approved beforehand. */
    keep(policy: Settings, starter?: Who): void {
      settings = policy;
      if (starter) {
        this.who = requester = starter;
        audit.identified(starter);
      }
      beforehand.expectAllowed(policy.approvals);
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
