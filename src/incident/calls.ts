import { inMilliseconds } from '../config/time/duration.ts';
import { nextRound } from './episode.ts';
import type { EscalationStep, Incident } from './incident.ts';
import { after } from './moments.ts';
import { note } from './timeline.ts';

interface Asked {
  readonly by: string;
  readonly to?: string | undefined;
  readonly reason?: string | undefined;
}

/** So long somebody is waited for, where the policy has one level alone, or is not known. */
const PATIENCE = inMilliseconds('15m');
/** In place of a level's name. */
const REQUEST = 'by request';

/** Whoever had it has it no more, and the next level does not wait; or one contact that is named. */
export function escalated(incident: Incident, { by, to, reason }: Asked, now: string): Incident {
  const whom = to ?? `level ${nextStep(incident)?.level ?? '1'}`;
  const text = `${whom} is called now${reason ? `: ${reason}` : ''}`;
  const next = released(note(incident, 'escalated', by, text, now));
  return to === undefined ? nextLevel(next, by, now) : called(next, to, by, now);
}

/** Another has it to answer for: they are called at once, and when they do not answer, the usual levels after them. */
export function reassigned(
  incident: Incident,
  { by, to, reason }: Asked & { readonly to: string },
  now: string,
): Incident {
  const text = `To ${to}${reason ? `: ${reason}` : ''}`;
  const next = released(note(incident, 'reassigned', by, text, now));
  return called(nextRound(next, after(now, patienceOf(incident))), to, by, now);
}

/** One contact more is called, whether somebody has it or not. */
export function called(incident: Incident, to: string, by: string, now: string): Incident {
  const { escalation } = incident;
  const isRequest = (step: EscalationStep) => isByRequest(step) && step.contact === to;
  const call = { contact: to, at: now, notified: false, tries: 0, asked: by };
  const due = untold(incident).find((step) => step.contact === to && !isRequest(step));
  const steps = due
    ? escalation.steps.map((step) => (step === due ? { ...step, due: step.at, ...call } : step))
    : [...escalation.steps.filter((step) => !isRequest(step)), { level: REQUEST, ...call }];
  return { ...incident, escalation: { ...escalation, steps } };
}

/** Somebody whom no level of this round has, or has no more: a person has asked for them. */
export function isByRequest({ level }: EscalationStep): boolean {
  return level === REQUEST;
}

/** Nobody has it any more. */
export function released(incident: Incident): Incident {
  const { acknowledged: _ended, ...rest } = incident;
  return { ...rest, state: 'triggered' };
}

/** Those after it keep their distance; whom a person has asked for waits for nobody. When all have been called, it begins anew. */
function nextLevel(incident: Incident, by: string, now: string): Incident {
  const { escalation } = incident;
  const first = nextStep(incident);
  if (!first) return firstAsked(nextRound(incident, now), by);
  const late = Math.max(Date.parse(now) - Date.parse(first.at), 0);
  const steps = escalation.steps.map((step) => {
    if (step.notified || step.asked !== undefined) return step;
    if (step.level === first.level) return { ...step, at: now, due: step.at, asked: by };
    return { ...step, at: after(step.at, late) };
  });
  return { ...incident, escalation: { ...escalation, steps } };
}

/** Whoever is first, as soon as that is known: a person has asked for them. */
function firstAsked(incident: Incident, by: string): Incident {
  return { ...incident, escalation: { ...incident.escalation, asked: by } };
}

/** By the policy alone, and of those who have not heard of it in this round: whom a person has asked for is called already. */
function nextStep(incident: Incident): EscalationStep | undefined {
  const { steps } = incident.escalation;
  const hasHeard = (contact: string) =>
    steps.some((step) => step.notified && step.contact === contact);
  return untold(incident).find(({ asked, contact }) => asked === undefined && !hasHeard(contact));
}

function untold({ escalation }: Incident): readonly EscalationStep[] {
  return escalation.steps.filter(({ notified }) => !notified);
}

/**
 * As long as the policy waits for its first level, at most as long as until it begins anew. Of what has just become graver nobody knows
 * that yet.
 */
function patienceOf({ escalation, policy }: Incident): number {
  if (escalation.reckoned !== escalation.version) return PATIENCE;
  const delays = escalation.steps.map(({ at }) => Date.parse(at) - Date.parse(escalation.from));
  const known = delays.filter((delay) => delay > 0);
  return Math.min(...known, policy?.repeat ?? PATIENCE);
}
