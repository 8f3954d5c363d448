import { z } from 'zod';
import { type Who, whoFrom } from '../../config/border/who.ts';
import type { Border } from '../border/border.ts';
import type { Intervention } from '../run/interventions.ts';
import type { LedgerLine } from '../run/ledger.ts';
import type { Identity } from './identity.ts';
import { type Control, Control as ControlSchema, pauseSignal, resumeSignal } from './messages.ts';
import { parked } from './parked.ts';

/** Temporal UI sends what was typed: it obeys also when that is not as described, and the run goes by nobody's name. */
const AnyControl = z.union([
  ControlSchema,
  z.unknown().transform((): Control => ({ by: 'unknown' })),
]);

/** So often a run is paused, or is told to go on although it does: each is kept in its report. */
const MOST = 50;

/** Pause and resume: signals, so that they are kept when no worker runs. Obeyed between steps. */
export function openControl(
  border: Border,
  identity: Identity,
  remember: (intervention: Intervention) => void,
) {
  let paused: Control | undefined;
  let taken = 0;

  const obey = (what: 'paused' | 'resumed') => (control: Control) => {
    const endsPause = what === 'resumed' && paused !== undefined;
    if (!endsPause && taken === MOST)
      return border.refuse(what, `It was paused and resumed ${MOST} times`);
    if (!endsPause) taken += 1;
    paused = what === 'paused' ? control : undefined;
    const { by, reason } = control;
    const at = new Date().toISOString();
    const note = (who?: Who) =>
      remember({ what, by: who?.name ?? by, ...(who && { who }), reason, at });
    // Without an id an older version sent it, or somebody by hand. It is obeyed at once, whoever it was.
    if (control.id === undefined) return note(control.login && whoFrom(control, { closed: false }));
    const signal = what === 'paused' ? pauseSignal : resumeSignal;
    identity.inOrder(async () => note(await identity.identify(signal.name, control)));
  };
  // Temporal UI shows these, and has one field for the whole JSON: what it takes is described as it must be typed.
  border.onSignal(pauseSignal, AnyControl, obey('paused'), {
    description: 'Start no further step: { "by": "your name", "reason": "why" }',
  });
  border.onSignal(resumeSignal, AnyControl, obey('resumed'), {
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
