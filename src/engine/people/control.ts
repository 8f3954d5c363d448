import { setHandler } from '@temporalio/workflow';
import type { Intervention } from '../run/interventions.ts';
import type { LedgerLine } from '../run/ledger.ts';
import { type Control, Control as ControlSchema, pauseSignal, resumeSignal } from './messages.ts';
import { parked } from './parked.ts';

/** Pause and resume: signals, so that they are kept when no worker runs. Obeyed between steps. */
export function openControl(remember: (intervention: Intervention) => void) {
  let paused: Control | undefined;

  const obey = (what: 'paused' | 'resumed') => (message: Control) => {
    // A signal cannot be refused: one without a name is somebody's all the same.
    const parsed = ControlSchema.safeParse(message);
    const control = parsed.success ? parsed.data : { by: 'unknown' };
    paused = what === 'paused' ? control : undefined;
    remember({ what, ...control, at: new Date().toISOString() });
  };
  // Temporal UI shows these, and has one field for the whole JSON: what it takes is described as it must be typed.
  setHandler(pauseSignal, obey('paused'), {
    description: 'Start no further step: { "by": "your name", "reason": "why" }',
  });
  setHandler(resumeSignal, obey('resumed'), {
    description: 'Go on: { "by": "your name", "reason": "why" }',
  });

  return {
    /** Returns at once unless the run is paused. */
    async untilResumed(line: LedgerLine, show: (line: LedgerLine) => void): Promise<void> {
      if (!paused) return;
      const { by, reason } = paused;
      const why = `Paused by ${by}${reason ? `: ${reason}` : ''}`;
      await parked(line, { for: 'resume', why }, () => !paused, show);
      await this.untilResumed(line, show); // it may have been paused again
    },
  };
}
