import type { Settings } from '../../activities/served-by-worker/target.ts';
import type { Who } from '../../config/border/who.ts';
import { whoText } from '../../config/text/who-text.ts';
import type { Border } from '../border/border.ts';
import { failed } from '../run/failed.ts';
import type { Intervention } from '../run/interventions.ts';
import type { Ledger, LedgerLine } from '../run/ledger.ts';
import type { Beforehand } from './beforehand.ts';
import type { Identity } from './identity.ts';
import { isSame, refusalOf } from './may-answer.ts';
import {
  type Approval,
  Approval as ApprovalSchema,
  approveUpdate,
  rejectUpdate,
  statementSignal,
} from './messages.ts';
import type { Inquire } from './notices.ts';
import { endOf, parked } from './parked.ts';

interface People {
  readonly border: Border;
  readonly ledger: Ledger;
  readonly run: string;
  readonly identity: Identity;
  /** Who started the run: never the one who approves it later. */
  readonly requester: () => Who;
  /** What they approved when they started it. */
  readonly beforehand: Beforehand;
  readonly policy: () => Settings['approvals'];
  readonly show: (line: LedgerLine) => void;
  readonly inquire: Inquire;
  readonly remember: (intervention: Intervention) => void;
}

interface Request {
  /** Each is another person. */
  readonly approvedBy: Who[];
  rejected?: { readonly text: string; readonly reason?: string | undefined };
}

/** Holds a step back until enough people have approved it. One rejection, or no answer in time, refuses it. */
export function openApprovals({
  border,
  ledger,
  run,
  identity,
  requester,
  beforehand,
  policy,
  show,
  inquire,
  remember,
}: People) {
  const open = new Map<string, Request>();

  const options = (word: string) => ({
    description: `${word} the step that waits for it (query "ledger" shows its id): { "step": "id", "by": "your name", "reason": "why" }`,
    validate,
  });
  border.onUpdate(approveUpdate, ApprovalSchema, answer('approved'), options('Approve'));
  border.onUpdate(rejectUpdate, ApprovalSchema, answer('rejected'), options('Reject'));

  function answer(what: 'approved' | 'rejected') {
    return async (approval: Approval): Promise<void> => {
      const { step, reason } = approval;
      const { people } = policy();
      // A run that an older worker let in asks nobody, so that its history stays what it is.
      const who = people && (await identity.identify(statementSignal.name, approval));
      if (who) {
        validate(approval);
        expectMayAnswer(step, who);
      }
      const { by, text } = who
        ? { by: who.name, text: whoText(who) }
        : { by: approval.by, text: `"${approval.by}"` };
      const request = open.get(step)!;
      if (what === 'approved') request.approvedBy.push(who ?? { name: by, known: 'unproven' });
      else request.rejected = { text, reason };
      remember({ what, step, by, ...(who && { who }), reason, at: new Date().toISOString() });
    };
  }

  /** What can be said at once, before anybody is asked who sent it. */
  function validate({ step, by }: Approval): void {
    const request = open.get(step);
    const line = ledger.find(({ id }) => id === step);
    if (!line) throw refused(`There is no step "${step}": ${waitingFor([...open.keys()])}`);
    if (!request) throw refused(`Step "${step}" waits for no approval: it is ${line.state}`);
    if (request.rejected) throw refused(`Step "${step}" is rejected already`);
    const { people, who } = policy();
    if (people) return;
    if (who.length > 0 && !who.includes(by))
      throw refused(`"${by}" may not answer for this target: ${who.join(', ')} may`);
    expectOther(step, { name: by, known: 'unproven' }, `"${by}"`);
  }

  function expectMayAnswer(step: string, who: Who): void {
    const why = refusalOf(who, policy());
    if (why !== undefined) throw refused(why);
    expectOther(step, who, whoText(who));
  }

  function expectOther(step: string, who: Who, text: string): void {
    const { people = [] } = policy();
    if (isSame(who, requester(), people))
      throw refused(`${text} started this run, and cannot answer for it`);
    if (open.get(step)!.approvedBy.some((other) => isSame(who, other, people)))
      throw refused(`${text} has approved "${step}" already`);
  }

  return {
    /** Error: `Rejected`. */
    async expect(line: LedgerLine, why: string): Promise<void> {
      const { quorum, within } = policy();
      const given = beforehand.take(line.id);
      const request: Request = { approvedBy: given ? [requester()] : [] };
      if (given) remember(given);
      if (request.approvedBy.length >= quorum) return;
      open.set(line.id, request);
      const until = endOf(within);
      await inquire(
        { step: line.id, choices: ['approve', 'reject'], until },
        `"${line.title}" waits for approval: ${why}`,
        `Answer within ${within}, or it is refused: runbook approve ${run} --step ${line.id}`,
      );
      const answered = () => request.rejected !== undefined || request.approvedBy.length >= quorum;
      try {
        const inTime = await parked(line, { for: 'approval', why, within }, answered, show);
        if (request.rejected)
          throw rejected(
            `${request.rejected.text} rejected "${line.title}"`,
            request.rejected.reason,
          );
        if (!inTime) throw rejected(`Nobody approved "${line.title}" within ${within}`);
      } finally {
        open.delete(line.id);
      }
    },
  };
}

function waitingFor(steps: readonly string[]): string {
  return steps.length === 0
    ? 'none waits for approval'
    : `"${steps.join('", "')}" waits for approval`;
}

function rejected(message: string, reason?: string): Error {
  return failed('Rejected', reason ? `${message}: ${reason}` : message);
}

function refused(message: string): Error {
  return failed('Refused', message);
}
