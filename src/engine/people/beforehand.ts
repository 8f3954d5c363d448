import type { Who } from '../../config/border/who.ts';
import { whoText } from '../../config/text/who-text.ts';
import type { Envelope } from '../run/envelope.ts';
import { failed } from '../run/failed.ts';
import type { Intervention } from '../run/interventions.ts';
import { type ApprovalPolicy, refusalOf } from './may-answer.ts';

interface Policy extends ApprovalPolicy {
  readonly beforehand?: 'allow' | 'refuse' | undefined;
}

/** What whoever started a run approved with it, so that somebody who is alone is not locked out. */
export function openBeforehand(
  { approve = [], automatic, because }: Envelope,
  startedAt: Date,
  requester: () => Who,
) {
  let isAllowed = false;

  return {
    /** Before anything is done. Error: `Refused`. */
    expectAllowed(policy: Policy): void {
      if (approve.length === 0 || !policy.people) return;
      const why = whyNot(policy);
      if (why !== undefined) throw failed('Refused', why);
      isAllowed = true;
    },

    /** Undefined: it must be asked for. */
    take(step: string): Intervention | undefined {
      if (!isAllowed || !approve.includes(step)) return undefined;
      const who = requester();
      const at = startedAt.toISOString();
      return { what: 'approved beforehand', step, by: who.name, who, reason: because, at };
    },
  };

  function whyNot(policy: Policy): string | undefined {
    if (automatic) return 'What starts by itself approves nothing: a person must';
    if (!because) return 'An approval that is given beforehand needs a reason: --because "..."';
    if (policy.beforehand === 'refuse')
      return `${whoText(requester())} may approve nothing beforehand: the target says "approvals: { beforehand: refuse }"`;
    return refusalOf(requester(), policy);
  }
}

export type Beforehand = ReturnType<typeof openBeforehand>;
