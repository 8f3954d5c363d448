import { isByRequest } from './calls.ts';
import { nextRound, resolved } from './episode.ts';
import type { EscalationStep, Incident } from './incident.ts';
import { after, earlier, retryInterval } from './moments.ts';
import { note } from './timeline.ts';
import type { Delivery, Sent } from './page.ts';
import { withoutNeedless } from './planned.ts';

/** Whose time has come. Nobody is paged while it is acknowledged, gone for the moment, or worked on. */
export function dueSteps(incident: Incident, now: string): readonly EscalationStep[] {
  const { reckoned, version, steps } = incident.escalation;
  const isDue = ({ notified, at }: EscalationStep) => !notified && at <= now;
  // Whom a person asks for is called, whoever has it.
  const asked = isOpen(incident) ? steps.filter((step) => isAsked(step) && isDue(step)) : [];
  if (!pages(incident) || (incident.heldUntil ?? '') > now) return asked;
  // It has just become graver: whom that calls, and by what, is reckoned first.
  if (reckoned !== version) return asked;
  return steps.filter(isDue);
}

/** A page that no channel could be asked to take. */
export function unsent(detail: string): Sent {
  return { deliveries: [{ channel: 'none', delivered: false, detail }] };
}

/**
 * What became of a page. As long as nobody has been told, the next level does not wait for one that cannot be. `round`: in which it was
 * sent; what was said in an earlier one, of something lighter, stands for nothing in this one.
 */
export function paged(
  incident: Incident,
  { level, contact }: EscalationStep,
  { deliveries, heldUntil, heldFor = 'somebody works on the target' }: Sent,
  now: string,
  round = incident.escalation.round,
): Incident {
  const who = `level ${level}, ${contact}`;
  if (heldUntil !== undefined) {
    if (incident.heldUntil === heldUntil || incident.state === 'resolved') return incident;
    const text = `Nobody is paged before ${heldUntil}: ${heldFor}`;
    return { ...note(incident, 'held', 'suppression', text, now), heldUntil };
  }
  const notified = wasNotified(deliveries);
  const rang = notified && !isMailAlone(incident, deliveries);
  const { escalation } = incident;
  const isOfRound = round === escalation.round;
  const silent =
    pages(incident) &&
    !rang &&
    !escalation.steps.some((step) => step.notified && step.rang !== false);
  let passed = false;
  const steps = escalation.steps.map((step) => {
    if (isOfRound && step.level === level && step.contact === contact) {
      const tries = step.tries + (notified ? 0 : 1);
      passed = silent;
      return {
        ...step,
        notified,
        tries,
        ...(notified
          ? { notifiedAt: now, ...(!rang && { rang }) }
          : { at: nextTry(step, tries, now) }),
      };
    }
    if (!passed || step.notified) return step;
    passed = false;
    return atOnce(step, now);
  });
  const channels = deliveries.filter(({ delivered }) => delivered).map(({ channel }) => channel);
  const by = `${who}, by ${channels.join(', ')}${rang ? '' : ', which wakes nobody'}`;
  const next = notified
    ? note(incident, 'paged', 'escalation', by, now, { deliveries })
    : note(incident, 'unnotified', 'escalation', `${unnotified(channels)}: ${who}`, now, {
        deliveries,
      });
  return {
    ...next,
    ...(notified && { notified: [...new Set([...incident.notified, contact])] }),
    escalation: { ...escalation, steps },
  };
}

/** Nobody has been told, although it was tried: as long as it is so, everybody outside must hear of it. */
export function isUntold({ state, clearedAt, escalation }: Incident): boolean {
  if (state !== 'triggered' || clearedAt !== undefined) return false;
  const { steps } = escalation;
  const told = steps.some((step) => step.notified && step.rang !== false);
  return !told && steps.some(({ tries, rang }) => tries > 0 || rang === false);
}

function unnotified(channels: readonly string[]): string {
  return channels.length === 0
    ? 'Nobody was notified'
    : `Nothing rang, only ${channels.join(', ')}`;
}

/** Mail wakes nobody: where there was something to ring, it must have rung. */
function wasNotified(deliveries: readonly Delivery[]): boolean {
  const loud = deliveries.filter(({ rings }) => rings);
  return (loud.length > 0 ? loud : deliveries).some(({ delivered }) => delivered);
}

/** Of a sev1, where the target has something that rings, and this contact has not. */
function isMailAlone({ severity, policy }: Incident, deliveries: readonly Delivery[]): boolean {
  return severity === 'sev1' && (policy?.rings ?? false) && !deliveries.some(({ rings }) => rings);
}

/** Nobody works on the target any more, or has silenced this: it begins anew, level 1 at once. */
export function unheld(
  incident: Incident,
  now: string,
  why = 'Alerts are held back no more',
): Incident {
  const { heldUntil, ...rest } = incident;
  if (heldUntil === undefined || incident.state === 'resolved') return incident;
  const next = note(rest, 'note', 'suppression', why, now);
  return incident.state === 'triggered' ? nextRound(next, now) : next;
}

/**
 * What held this page back was lifted before anybody knew that it was held: it begins anew. Not so if it has begun anew meanwhile, or is
 * held by what was asked later.
 */
export function liftedMeanwhile(
  incident: Incident,
  step: EscalationStep,
  sent: Sent,
  now: string,
  { round, why }: { readonly round: number; readonly why?: string | undefined },
): Incident {
  if (incident.heldUntil !== undefined || incident.escalation.round !== round) return incident;
  return unheld(paged(incident, step, sent, now, round), now, why);
}

/** The level that nobody has been notified yet is due now: waiting longer would help nobody. */
export function hurry(incident: Incident, now: string): Incident {
  const { escalation } = incident;
  const index = escalation.steps.findIndex((step) => !step.notified && !isAsked(step));
  const steps = escalation.steps.map((step, at) => (at === index ? atOnce(step, now) : step));
  return { ...incident, escalation: { ...escalation, steps } };
}

/** It is called before its time. */
function atOnce(step: EscalationStep, now: string): EscalationStep {
  if (step.at <= now) return step;
  return { ...step, at: now, ...(step.tries === 0 && { due: step.at }) };
}

/** What was tried early, and in vain, is tried in its own time, too. */
function nextTry({ due = '' }: EscalationStep, tries: number, now: string): string {
  const next = after(now, retryInterval(tries));
  return due > now ? earlier(next, due) : next;
}

/** What time alone brings about: an acknowledgement ends, a fault has stayed away, nobody has answered the whole escalation policy. */
export function elapsed(incident: Incident, now: string): Incident {
  if (incident.state === 'resolved') return incident;
  const { acknowledged, resolvesAt, remediations, heldUntil } = incident;
  const working = remediations.some(({ outcome }) => outcome === undefined);
  if (resolvesAt !== undefined && resolvesAt <= now && !working)
    return resolved(withoutNeedless(incident, now), 'alert', 'It has stayed away', now);
  if (acknowledged && acknowledged.until <= now) {
    const { acknowledged: _ended, ...rest } = incident;
    const { by, at, snoozed } = acknowledged;
    const heard = incident.timeline.findLast((entry) => entry.by === by)?.at;
    const text = snoozed
      ? `${by} had snoozed it until now`
      : `${by} has not been heard of since ${heard ?? at}`;
    return nextRound(
      { ...note(rest, 'expired', 'escalation', text, now), state: 'triggered' },
      now,
    );
  }
  if (heldUntil !== undefined && heldUntil <= now) return unheld(incident, now);
  const again = roundEnds(incident);
  return again !== undefined && again <= now ? nextRound(incident, now) : incident;
}

/** When something is due after `now`, ISO 8601, UTC: what is due by then is under way. */
export function nextMoment(incident: Incident, now: string): string | undefined {
  const { acknowledged, resolvesAt, heldUntil = '', escalation, updateAt, remediations } = incident;
  const { announcements = [] } = incident;
  const working = remediations.some(({ outcome }) => outcome === undefined);
  const untold = escalation.steps.filter(({ notified }) => !notified);
  const steps = pages(incident) ? untold : [];
  const moments = [
    ...steps.map(({ at }) => (at > heldUntil ? at : heldUntil)),
    ...(isOpen(incident) ? untold.filter(isAsked).map(({ at }) => at) : []),
    ...announcements.map(({ at }) => at),
    heldUntil === '' ? undefined : heldUntil,
    roundEnds(incident),
    acknowledged?.until,
    working ? undefined : resolvesAt,
    updateAt,
  ];
  const later = moments.filter((moment): moment is string => moment !== undefined && moment > now);
  return later.toSorted()[0];
}

function isAsked({ asked }: EscalationStep): boolean {
  return asked !== undefined;
}

function isOpen({ state }: Incident): boolean {
  return state !== 'resolved';
}

function pages({ state, clearedAt }: Incident): boolean {
  return state === 'triggered' && clearedAt === undefined;
}

/** Everybody was notified, and nobody has acknowledged: it begins anew. Whoever is called by request puts that off for nobody. */
function roundEnds(incident: Incident): string | undefined {
  const { escalation, policy, timeline } = incident;
  const { steps, reckoned, version } = escalation;
  if (!pages(incident) || !policy || reckoned !== version) return undefined;
  if (steps.length === 0 || steps.some((step) => !step.notified && !isAsked(step)))
    return undefined;
  const ofLevels = steps.filter((step) => !isByRequest(step)).map(({ notifiedAt }) => notifiedAt);
  const last = ofLevels.every((at) => at !== undefined)
    ? ofLevels.toSorted().at(-1)
    : timeline.findLast(({ what }) => what === 'paged')?.at;
  return after(last ?? escalation.from, policy.repeat);
}
