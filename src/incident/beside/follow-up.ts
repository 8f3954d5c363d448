import { inMilliseconds } from '../../config/time/duration.ts';
import { answered } from '../answered.ts';
import type { AlertReport } from '../alert-report.ts';
import type { Incident } from '../incident.ts';
import type { Answer } from '../messages.ts';
import { after } from '../moments.ts';
import { runbooksOf } from './runbooks-of.ts';

/** What is expected of people when an incident is over: its review, where the policy asks for one, and its tasks. */
export interface FollowUp {
  /** With all that has been said of it since. */
  readonly incident: Incident;
  /** One of the target's contacts. Missing, as `due`: nobody asks for a review. */
  readonly owner?: string;
  /** ISO 8601, UTC, as all times here. */
  readonly due?: string;
  readonly done?: {
    readonly by: string;
    readonly at: string;
    readonly text: string;
    /** What these runbooks are to say from now on. */
    readonly learned?: string;
    readonly runbooks?: readonly string[];
  };
}

/** One message to somebody, which is sent once. */
export interface Reminder {
  readonly key: string;
  readonly at: string;
  readonly contact: string;
  readonly subject: string;
  readonly text: string;
  readonly command: string;
}

/** What is not done is said again. */
const AGAIN = inMilliseconds('7d');
/** Of the day on which a task is due, UTC. */
const MORNING = 'T08:00:00.000Z';

/** What a person adds to an incident that is over. Undefined: that cannot be said any more. */
export function followed(followUp: FollowUp, answer: Answer, now: string): FollowUp | undefined {
  const { what, by } = answer;
  if (what === 'acknowledge' || what === 'resolve' || what === 'severity') return undefined;
  const incident = answered(followUp.incident, answer, now);
  if (what !== 'review') return { ...followUp, incident };
  const { text, learned, runbooks = runbooksOf(incident) } = answer;
  const lesson = learned !== undefined && runbooks.length > 0 ? { learned, runbooks } : {};
  return { ...followUp, incident, done: { by, text, at: now, ...lesson } };
}

/** Nothing is expected of anybody. */
export function isSettled({ due, done, incident }: FollowUp): boolean {
  return (due === undefined || done !== undefined) && incident.tasks.every((task) => task.done);
}

/** Whether its review is late. */
export function isOverdue({ due, done }: FollowUp, now: string): boolean {
  return due !== undefined && done === undefined && due <= now;
}

/** All that are due by `now`, of each series the last. */
export function dueReminders(followUp: FollowUp, now: string): Reminder[] {
  return [...reviewReminders(followUp), ...taskReminders(followUp, now)].filter(
    ({ at }) => at <= now,
  );
}

/** When the next is due after `now`, or the review. */
export function nextReminderAt(followUp: FollowUp, now: string): string | undefined {
  const { due, done, incident } = followUp;
  const review = done ? [] : [...reviewReminders(followUp).map(({ at }) => at), due];
  const tasks = incident.tasks.filter((task) => !task.done && task.due !== undefined);
  const moments = [...review, ...tasks.map((task) => nextOf(`${task.due}${MORNING}`, now))];
  return moments.filter((at): at is string => at !== undefined && at > now).toSorted()[0];
}

/** Its owner is called, nobody else, until somebody has handed it in. */
export function overdueReport(
  { incident, owner = '', due = '' }: FollowUp,
  status: AlertReport['status'],
  source: string,
  at: string,
): AlertReport {
  const { target, fingerprint, title } = incident;
  return {
    target,
    fingerprint: `review-${fingerprint}`.slice(0, 100),
    status,
    severity: 'sev4',
    origin: 'run',
    title: `The review of "${title}" is overdue`.slice(0, 300),
    details: `It was due at ${due}, from ${owner}. To hand it in: runbook incidents review ${incident.id} "..."`,
    source,
    at,
    hold: '0s',
    to: owner,
  };
}

/** At once, and at half time. */
function reviewReminders({ incident, owner, due, done }: FollowUp): Reminder[] {
  if (owner === undefined || due === undefined || done) return [];
  const { id, title, resolvedAt = incident.openedAt } = incident;
  const half = after(resolvedAt, (Date.parse(due) - Date.parse(resolvedAt)) / 2);
  return [resolvedAt, half].map((at, index) => ({
    key: `review ${index}`,
    at,
    contact: owner,
    subject: `Review until ${due}: ${title}`,
    text: `**${title}** is resolved. Please review it until ${due}: what happened, why, and what will be done about it.`,
    command: `runbook incidents review ${id} "..." --by YOU`,
  }));
}

/** On the day, and every week from then on. */
function taskReminders({ incident, owner }: FollowUp, now: string): Reminder[] {
  const { id, tasks, title, notified, policy } = incident;
  const isContact = (name: string) => policy?.contacts?.includes(name) ?? false;
  const open = tasks.filter((task) => !task.done && task.due !== undefined);
  return open.map((task) => {
    const due = `${task.due}${MORNING}`;
    const weeks = Math.max(Math.floor((Date.parse(now) - Date.parse(due)) / AGAIN), 0);
    const late = weeks > 0 ? 'is overdue since' : 'is due on';
    return {
      key: `task ${task.number} ${weeks}`,
      at: after(due, weeks * AGAIN),
      contact: isContact(task.owner) ? task.owner : (owner ?? notified[0] ?? task.owner),
      subject: `Task ${task.number} ${late} ${task.due}: ${task.title}`.slice(0, 500),
      text: `Task ${task.number} of **${title}** ${late} ${task.due}, for ${task.owner}: ${task.title}`,
      command: `runbook incidents task-done ${id} ${task.number} --by YOU`,
    };
  });
}

function nextOf(due: string, now: string): string {
  const weeks = Math.max(Math.ceil((Date.parse(now) - Date.parse(due)) / AGAIN), 0);
  return after(due, weeks * AGAIN);
}
