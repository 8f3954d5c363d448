import type { Finding } from './finding.ts';

/** In ms. NTP moves a clock slowly; what is more was set, or the machine slept. */
const MAX_STEP = 10_000;

export interface Now {
  /** ms since 1970, as the machine's clock says. */
  readonly wall: number;
  /** ms of a clock that is never set. */
  readonly steady: number;
}

export function now(): Now {
  return { wall: Date.now(), steady: performance.now() };
}

/** Whether the machine's clock has jumped since `begin`: schedules, lateness and the ages of backups are judged by it. */
export function lookAtClock(begin: Now, { wall, steady }: Now): Finding {
  const subject = 'clock';
  const step = wall - begin.wall - (steady - begin.steady);
  if (Math.abs(step) <= MAX_STEP) return { subject, state: 'ok', text: 'the clock goes evenly' };
  const way = step > 0 ? 'forward' : 'back';
  const text = `This machine's clock was set ${way} by ${Math.round(Math.abs(step) / 1000)} s, or it slept, since ${new Date(begin.wall).toISOString()}`;
  return { subject, state: 'wrong', text, hint: 'timedatectl, and runbook schedules check' };
}
