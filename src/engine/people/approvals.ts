import type { Settings } from '../../activities/served-by-worker/target.ts';
import type { Border } from '../border/border.ts';
import { failed } from '../run/failed.ts';
import type { Intervention } from '../run/interventions.ts';
import type { Ledger, LedgerLine } from '../run/ledger.ts';
import {
  type Approval,
  Approval as ApprovalSchema,
  approveUpdate,
  rejectUpdate,
} from './messages.ts';
import type { Notify } from './notices.ts';
import { parked } from './parked.ts';

interface People {
  readonly border: Border;
  readonly ledger: Ledger;
  readonly run: string;
  /** Who started the run: never the one who approves it. */
  readonly requester: string;
  readonly policy: () => Settings['approvals'];
  readonly show: (line: LedgerLine) => void;
  readonly ask: Notify;
  readonly remember: (intervention: Intervention) => void;
}

interface Request {
  readonly approvedBy: Set<string>;
  rejected?: Approval;
}

/** Holds a step back until enough people have approved it. One rejection, or no answer in time, refuses it. */
export function openApprovals({
  border,
  ledger,
  run,
  requester,
  policy,
  show,
  ask,
  remember,
}: People) {
  const open = new Map<string, Request>();

  const options = (word: string) => ({
    description: `${word} the step that waits for it (query "ledger" shows its id): { "step": "id", "by": "your name", "reason": "why" }`,
    validate,
  });
  border.onUpdate(
    approveUpdate,
    ApprovalSchema,
    ({ step, by, reason }) => {
      open.get(step)!.approvedBy.add(by);
      remember({ what: 'approved', step, by, reason, at: new Date().toISOString() });
    },
    options('Approve'),
  );
  border.onUpdate(
    rejectUpdate,
    ApprovalSchema,
    (approval) => {
      const { step, by, reason } = approval;
      open.get(step)!.rejected = approval;
      remember({ what: 'rejected', step, by, reason, at: new Date().toISOString() });
    },
    options('Reject'),
  );

  function validate({ step, by }: Approval): void {
    const request = open.get(step);
    const line = ledger.find(({ id }) => id === step);
    if (!line) throw refused(`There is no step "${step}": ${waitingFor([...open.keys()])}`);
    if (!request) throw refused(`Step "${step}" waits for no approval: it is ${line.state}`);
    const { who } = policy();
    if (who.length > 0 && !who.includes(by))
      throw refused(`"${by}" may not answer for this target: ${who.join(', ')} may`);
    if (by === requester) throw refused(`"${by}" started this run, and cannot answer for it`);
    if (request.approvedBy.has(by)) throw refused(`"${by}" has approved "${step}" already`);
    if (request.rejected) throw refused(`Step "${step}" is rejected already`);
  }

  return {
    /** Error: `Rejected`. */
    async expect(line: LedgerLine, why: string): Promise<void> {
      const { quorum, within } = policy();
      const request: Request = { approvedBy: new Set() };
      open.set(line.id, request);
      await ask(
        `"${line.title}" waits for approval: ${why}`,
        `Answer within ${within}, or it is refused: runbook approve ${run} --step ${line.id}`,
      );
      const answered = () => request.rejected !== undefined || request.approvedBy.size >= quorum;
      try {
        const inTime = await parked(line, { for: 'approval', why, within }, answered, show);
        if (request.rejected)
          throw rejected(
            `"${request.rejected.by}" rejected "${line.title}"`,
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
