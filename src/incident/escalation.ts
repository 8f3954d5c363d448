import { inMilliseconds } from '../config/time/duration.ts';
import { after, nextRound, note, resolved } from './episode.ts';
import type { EscalationStep, Incident } from './incident.ts';
import type { Delivery, Sent } from './page.ts';

/** A channel that failed is tried again after 15 s, then 30 s, 1 min, ... */
const FIRST_INTERVAL = inMilliseconds('15s');
const MAX_INTERVAL = inMilliseconds('10m');

/** Whose time has come. Nobody is paged while it is acknowledged, gone for the moment, or worked on. */
export function dueSteps(incident: Incident, now: string): readonly EscalationStep[] {
  if (!pages(incident) || (incident.heldUntil ?? '') > now) return [];
  return incident.escalation.steps.filter(({ notified, at }) => !notified && at <= now);
}

/** A page that no channel could be asked to take. */
export function unsent(detail: string): Sent {
  return { deliveries: [{ channel: 'none', delivered: false, detail }] };
}

/** What became of a page. As long as nobody has been notified, the next level does not wait for one that cannot be. */
export function paged(
  incident: Incident,
  { level, contact }: EscalationStep,
  { deliveries, heldUntil }: Sent,
  now: string,
): Incident {
  const who = `level ${level}, ${contact}`;
  if (heldUntil !== undefined) {
    if (incident.heldUntil === heldUntil) return incident;
    const text = `Nobody is paged before ${heldUntil}: somebody works on the target`;
    return { ...note(incident, 'held', 'suppression', text, now), heldUntil };
  }
  const notified = wasNotified(deliveries);
  const { escalation } = incident;
  const silent = !notified && !escalation.steps.some((step) => step.notified);
  let passed = false;
  const steps = escalation.steps.map((step) => {
    if (step.level === level && step.contact === contact) {
      const tries = step.tries + (notified ? 0 : 1);
      passed = silent;
      return { ...step, notified, tries, ...(!notified && { at: after(now, interval(tries)) }) };
    }
    if (!passed || step.notified) return step;
    passed = false;
    return step.at > now ? { ...step, at: now } : step;
  });
  const channels = deliveries.filter(({ delivered }) => delivered).map(({ channel }) => channel);
  const next = notified
    ? note(incident, 'paged', 'escalation', `${who}, by ${channels.join(', ')}`, now, {
        deliveries,
      })
    : note(incident, 'unnotified', 'escalation', `${unnotified(channels)}: ${who}`, now, {
        deliveries,
      });
  return {
    ...next,
    ...(notified && { notified: [...new Set([...incident.notified, contact])] }),
    escalation: { ...escalation, steps },
  };
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

/** The level that nobody has been notified yet is due now: waiting longer would help nobody. */
export function hurry(incident: Incident, now: string): Incident {
  const { escalation } = incident;
  const index = escalation.steps.findIndex(({ notified }) => !notified);
  const steps = escalation.steps.map((step, at) =>
    at === index && step.at > now ? { ...step, at: now } : step,
  );
  return { ...incident, escalation: { ...escalation, steps } };
}

/** What time alone brings about: an acknowledgement ends, a fault has stayed away, nobody has answered the whole escalation policy. */
export function elapsed(incident: Incident, now: string): Incident {
  const { acknowledged, resolvesAt, remediations } = incident;
  const working = remediations.some(({ outcome }) => outcome === undefined);
  if (resolvesAt !== undefined && resolvesAt <= now && !working)
    return resolved(incident, 'alert', 'It has stayed away', now);
  if (acknowledged && acknowledged.until <= now) {
    const { acknowledged: _ended, ...rest } = incident;
    const heard = incident.timeline.findLast(({ by }) => by === acknowledged.by)?.at;
    const text = `${acknowledged.by} has not been heard of since ${heard ?? acknowledged.at}`;
    return nextRound(
      { ...note(rest, 'expired', 'escalation', text, now), state: 'triggered' },
      now,
    );
  }
  const again = roundEnds(incident);
  return again !== undefined && again <= now ? nextRound(incident, now) : incident;
}

/** When something is due after `now`, ISO 8601, UTC: what is due by then is under way. */
export function nextMoment(incident: Incident, now: string): string | undefined {
  const { acknowledged, resolvesAt, heldUntil = '', escalation, updateAt, remediations } = incident;
  const working = remediations.some(({ outcome }) => outcome === undefined);
  const steps = pages(incident) ? escalation.steps.filter(({ notified }) => !notified) : [];
  const moments = [
    ...steps.map(({ at }) => (at > heldUntil ? at : heldUntil)),
    roundEnds(incident),
    acknowledged?.until,
    working ? undefined : resolvesAt,
    updateAt,
  ];
  const later = moments.filter((moment): moment is string => moment !== undefined && moment > now);
  return later.toSorted()[0];
}

function pages({ state, clearedAt }: Incident): boolean {
  return state === 'triggered' && clearedAt === undefined;
}

/** Everybody was notified, and nobody has acknowledged: it begins anew. */
function roundEnds(incident: Incident): string | undefined {
  const { escalation, policy, timeline } = incident;
  const { steps, reckoned, version } = escalation;
  if (!pages(incident) || !policy || reckoned !== version) return undefined;
  if (steps.length === 0 || steps.some(({ notified }) => !notified)) return undefined;
  const last = timeline.findLast(({ what }) => what === 'paged');
  return after(last?.at ?? escalation.from, policy.repeat);
}

function interval(tries: number): number {
  return Math.min(FIRST_INTERVAL * 2 ** (tries - 1), MAX_INTERVAL);
}
