import { liftedMeanwhile, paged, unheld } from '../../incident/escalation.ts';
import type { EscalationStep, Incident } from '../../incident/incident.ts';
import type { Sent } from '../../incident/page.ts';

interface Lift {
  /** What the timeline says of it. */
  readonly why?: string | undefined;
}

/** The words that nothing is held back any more: one may come before the answer to a page that it was held, which is true no longer. */
export function openLifts() {
  let last: Lift | undefined;

  return {
    heard(incident: Incident, { why }: Lift, now: string): Incident {
      last = { why };
      return unheld(incident, now, why);
    },

    /** Before the page is sent; what it answers is called with what became of it. */
    sending(step: EscalationStep, round: number) {
      const before = last;
      return (incident: Incident, sent: Sent, now: string): Incident =>
        sent.heldUntil !== undefined && last !== before
          ? liftedMeanwhile(incident, step, sent, now, { round, why: last?.why })
          : paged(incident, step, sent, now, round);
    },
  };
}
