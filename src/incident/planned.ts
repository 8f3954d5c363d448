import { acknowledgedFor } from './episode.ts';
import type { EscalationStep, Incident, IncidentPolicy } from './incident.ts';
import { after, earlier } from './moments.ts';
import { note } from './timeline.ts';

/** The worker has reckoned who is due when. Whom this round has notified already is not notified again. */
export function planned(
  incident: Incident,
  version: number,
  policy: IncidentPolicy,
  steps: readonly EscalationStep[],
  now: string,
): Incident {
  const { updateAt, acknowledged } = incident;
  const { asked, ...escalation } = incident.escalation;
  if (version !== escalation.version) return incident;
  const known = new Map(escalation.steps.map((step) => [stepName(step), step]));
  const { updates } = policy;
  const longer = acknowledged?.snoozed ? 0 : policy.acknowledged - acknowledgedFor(incident);
  const reckoned = new Set(steps.map(stepName));
  // Whom a person has asked for is called, also where the new policy has somebody else at that level.
  const requests = escalation.steps.filter(
    (step) => step.asked !== undefined && !reckoned.has(stepName(step)),
  );
  return {
    ...withTask(incident, policy, now),
    policy,
    ...(acknowledged && {
      acknowledged: { ...acknowledged, until: after(acknowledged.until, longer) },
    }),
    ...(updates && { updateAt: updateAt ?? after(incident.openedAt, updates.every) }),
    escalation: {
      ...escalation,
      reckoned: version,
      steps: firstAsked(
        [
          ...steps.map((step) => stepFrom(step, known.get(stepName(step)), incident)),
          ...requests,
        ].toSorted((one, other) => one.at.localeCompare(other.at)),
        asked,
        now,
      ),
    },
  };
}

/** `asked`: who has asked for the first level, whoever that is. */
function firstAsked(
  steps: readonly EscalationStep[],
  asked: string | undefined,
  now: string,
): readonly EscalationStep[] {
  const first = steps.find((step) => !step.notified && step.asked === undefined);
  if (asked === undefined || !first) return steps;
  return steps.map((step) =>
    step.level === first.level && !step.notified
      ? { ...step, at: earlier(step.at, now), asked: step.asked ?? asked }
      : step,
  );
}

/** What an incident of this severity is answered by: whoever has to mend it has it as a task, once, with a date. */
function withTask(incident: Incident, { task }: IncidentPolicy, now: string): Incident {
  const { severity, tasks, title, state, to } = incident;
  const isKnown = tasks.some(({ asked }) => asked === severity);
  // What is for one contact alone, such as a review that is late, is asked for already.
  if (!task || isKnown || state === 'resolved' || to !== undefined) return incident;
  const number = tasks.length + 1;
  const what = `${task.what}: ${title}`.slice(0, 300).toWellFormed();
  const text = `Task ${number}: ${what} (${task.to}, until ${task.due}), as the policy of a ${severity} has it`;
  const one = { number, title: what, owner: task.to, due: task.due, done: false, asked: severity };
  return { ...note(incident, 'task', 'policy', text, now), tasks: [...tasks, one] };
}

/** It is gone, and nobody has ever had it: what the policy had asked for is asked of nobody any more. */
export function withoutNeedless(incident: Incident, now: string): Incident {
  const { tasks, firstAcknowledgedAt } = incident;
  const needless = tasks.filter(({ asked, done }) => asked !== undefined && !done);
  if (firstAcknowledgedAt !== undefined || needless.length === 0) return incident;
  const closed = { by: 'policy', at: now };
  const names = needless.map(({ number }) => `Task ${number}`).join(', ');
  const next = note(incident, 'task', 'policy', `${names}: it was gone before anybody had it`, now);
  return {
    ...next,
    tasks: tasks.map((one) => (needless.includes(one) ? { ...one, done: true, closed } : one)),
  };
}

/** A level may call several contacts, and each is a step. */
function stepName({ level, contact }: EscalationStep): string {
  return JSON.stringify([level, contact]);
}

function stepFrom(
  step: EscalationStep,
  known: EscalationStep | undefined,
  { escalation, raised }: Incident,
): EscalationStep {
  const { from, lowered } = escalation;
  if (known?.notified) return { ...step, notified: true, notifiedAt: known.notifiedAt };
  if (known?.asked !== undefined) return known;
  if (known && raised?.at === from) return { ...step, at: earlier(step.at, known.at) };
  // Its delay is long over, and nobody has called it for that: it counts from then on.
  if (!known && lowered !== undefined && escalation.steps.length > 0 && step.at <= lowered)
    return { ...step, at: after(lowered, Date.parse(step.at) - Date.parse(from)) };
  return step;
}
