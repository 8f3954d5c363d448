import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { Admission, TargetActivities } from '../../activities/served-by-worker/target.ts';
import type { Stamp } from '../../config/time/stamp.ts';
import type { AuditEvent } from '../../state/audit-log.ts';
import type { ClaimRequest } from '../../state/claim.ts';
import { claimPolicy, quick } from '../run/activity-policies.ts';
import { type Outcome, reasonOf } from '../run/ending.ts';
import type { Envelope } from '../run/envelope.ts';
import { failed } from '../run/failed.ts';
import type { RunbookFacts } from '../run/runbook-facts.ts';
import type { Call } from '../systems/systems.ts';

/** The run's hold on its target: an acting runbook takes it first and releases it last; one that reads, or acts beside others, is only let in. */
export function openClaim(
  {
    kind,
    severity,
    beside,
    governed,
    whenHeld = 'wait',
    whenIncomplete,
  }: Pick<
    RunbookFacts,
    'kind' | 'severity' | 'beside' | 'governed' | 'whenHeld' | 'whenIncomplete'
  >,
  { under, wait, mode, automatic, stamp: chosen }: Envelope,
  call: Call,
  /** Hears why the target cannot be taken until somebody puts that right, and of nothing when it was. */
  blocked: (reason?: string) => Promise<void>,
) {
  type Type = keyof TargetActivities;
  const run = CancellationScope.current();
  let asked = false;

  return {
    /** `events` come into the audit with it. */
    async take(stamp: Stamp, events: readonly AuditEvent[]): Promise<Admission> {
      // Without a claim every act is refused: that is what makes a plan safe.
      if (kind === 'reads' || beside === true || mode === 'plan')
        return (await call('target.enter' satisfies Type, [events], {
          ...quick,
          summary: 'Enter',
        })) as Admission;
      asked = true;
      const request: ClaimRequest = {
        stamp,
        named: chosen !== undefined,
        under,
        wait: wait && whenHeld !== 'skip',
        // Who does not want to wait does not want others stopped, either.
        preempt: wait && whenHeld === 'preempt',
        urgent: wait && severity === 'sev1',
        takeOverIncomplete: whenIncomplete !== undefined,
        governed: automatic && governed !== false,
      };
      const attempt = async (patient: boolean): Promise<Admission> => {
        try {
          return (await call('target.take' satisfies Type, [request, events, patient], {
            ...claimPolicy,
            summary: 'Take the target',
          })) as Admission;
        } catch (error) {
          throw wasStopped(error) ? failed('Stopped', 'Stopped by request') : error;
        }
      };
      try {
        return await attempt(false);
      } catch (error) {
        const { type, message } = reasonOf(error);
        if (type !== 'StateUnusable') throw error;
        await blocked(message);
      }
      const admission = await attempt(true);
      await blocked();
      return admission;
    },

    /** Whether it may have the target: then it releases it at its end. */
    mayHold: () => asked,

    /** A run that recovers has cleaned up what others left incomplete, when it is done. */
    async release(outcome: Outcome): Promise<void> {
      if (!asked) return;
      const cleanedUp = outcome === 'done' && whenIncomplete === 'recover';
      await call('target.release' satisfies Type, [{ cleanedUp }], {
        ...quick,
        summary: 'Release the target',
      });
    },
  };

  /** A stop is obeyed whatever the attempt that was under way then had for an answer: that the target is held is no failure of this run. */
  function wasStopped(error: unknown): boolean {
    return run.consideredCancelled && !isCancellation(error);
  }
}
