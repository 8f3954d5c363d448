import { condition, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import { z } from 'zod';
import type { Systems } from '../../activities/index.ts';
import type { IncidentActivities } from '../../activities/served-by-worker/incidents.ts';
import { STATE } from '../../config/border/excess.ts';
import { Moment, Label, upTo } from '../../config/border/texts.ts';
import { targetQueue } from '../../config/queues.ts';
import { whoText } from '../../config/text/who-text.ts';
import { openBorder } from '../../engine/border/border.ts';
import { openIdentity } from '../../engine/people/identity.ts';
import { parse } from '../../engine/run/parse.ts';
import { identified } from '../../incident/answered.ts';
import {
  dueReminders,
  followed,
  type FollowUp,
  isOverdue,
  isSettled,
  nextReminderAt,
  overdueReport,
  type Reminder,
} from '../../incident/beside/follow-up.ts';
import { Answer, answerSignal, reviewQuery } from '../../incident/messages.ts';
import type { Page } from '../../incident/page.ts';
import { CarriedIncident } from './carried-incident.ts';
import { sendPage as send } from './page-calls.ts';
import { iso } from './start-beside.ts';

const Review = z.object({
  incident: CarriedIncident,
  owner: Label.exactOptional(),
  due: Moment.exactOptional(),
  done: z
    .object({
      by: z.string(),
      at: Moment,
      text: z.string(),
      learned: z.string().exactOptional(),
      runbooks: upTo(10, Label).exactOptional(),
    })
    .exactOptional(),
}) satisfies z.ZodType<FollowUp>;

/** As the worker beside the target names it. */
interface Lessons {
  'procedures.learn': Systems['procedures']['learn'];
}

const { 'incidents.report': report } = proxyActivities<IncidentActivities>({
  summary: 'Tell its owner that a review is overdue, or is no more',
  startToCloseTimeout: '30s',
  // What is not reported is not known: it goes on until Temporal answers.
  retry: { maximumInterval: '1m' },
});

/**
 * What is still to be done when an incident is over, until all is: its owner is reminded of the review at once and at half time, and
 * called when it is due; who has a task is reminded on its day. What people add to the incident is kept here.
 */
export async function incidentReview(begun: FollowUp): Promise<FollowUp> {
  let now = parse(Review, begun, STATE) as FollowUp;
  let changes = 0;
  const reminded = new Set<string>();
  let reported = false;
  /** Answers of which is not known yet whose they are, and lessons that are not kept yet. */
  let pending = 0;
  const identity = openIdentity();
  const border = openBorder();
  setHandler(reviewQuery, () => now, { description: 'What is still to be done, and by whom' });
  border.onSignal(answerSignal, Answer, (answer) => {
    const next = followed(now, answer, iso());
    if (next === undefined)
      return border.refuse('answer', 'It is resolved: what is there again is a new incident');
    const at = iso();
    now = next;
    changes += 1;
    pending += 1;
    void name(answer, at, answer.what === 'review' ? next.done : undefined).finally(() => {
      pending -= 1;
      changes += 1;
    });
  });

  for (;;) {
    const due = dueReminders(now, iso()).filter(({ key }) => !reminded.has(key));
    for (const one of due) {
      reminded.add(one.key);
      await remind(one);
    }
    if (isOverdue(now, iso()) !== reported) {
      reported = !reported;
      const { workflowId } = workflowInfo();
      await report(overdueReport(now, reported ? 'firing' : 'resolved', workflowId, iso()));
      continue;
    }
    if (isSettled(now) && pending === 0) return now;
    const seen = changes;
    const moment = nextReminderAt(now, iso());
    const isNew = () => changes !== seen;
    if (moment === undefined) await condition(isNew);
    else await condition(isNew, Math.max(Date.parse(moment) - Date.now(), 1));
  }

  /** It counts at once, whoever said so. `review`: what was handed in with it, which the next one may replace. */
  async function name(answer: Answer, at: string, review: FollowUp['done']): Promise<void> {
    const who = await identity.identify(answerSignal.name, answer);
    const by = whoText(who);
    const { done } = now;
    const isTheirs = done?.at === at && done.by === answer.by;
    now = {
      ...now,
      incident: identified(now.incident, { by: answer.by, at }, who, who.at),
      ...(isTheirs && { done: { ...done, by } }),
    };
    if (review) await keep(now.incident, { ...review, by });
  }

  /** What was learned stands in the runbooks' plans from now on. Its target's worker may come tomorrow. */
  async function keep(
    incident: FollowUp['incident'],
    { by, at, learned: text, runbooks }: NonNullable<FollowUp['done']>,
  ): Promise<void> {
    if (text === undefined || !runbooks) return;
    const { 'procedures.learn': learn } = proxyActivities<Lessons>({
      summary: 'Keep what was learned',
      taskQueue: targetQueue(incident.target),
      startToCloseTimeout: '1m',
      scheduleToCloseTimeout: '30d',
      retry: { maximumInterval: '5m' },
    });
    const lesson = { at, incident: incident.id, by, text, runbooks: [...runbooks] };
    await learn(lesson).catch(() => {});
  }

  /** When it cannot be sent, what is overdue calls people all the same. */
  async function remind(reminder: Reminder): Promise<void> {
    await send(messageOf(reminder, now.incident)).catch(() => {});
  }
}

function messageOf(
  { key, contact, subject, text, command }: Reminder,
  { id, target, severity }: FollowUp['incident'],
): Page {
  const { workflowId } = workflowInfo();
  return {
    key: `${workflowId}/${key}`,
    target,
    contact,
    severity,
    urgent: false,
    thread: workflowId,
    event: 'note',
    subject,
    body: [
      text,
      '',
      `- What is known: \`runbook incidents show ${id}\``,
      `- Then: \`${command}\``,
    ].join('\n'),
    at: iso(),
    holdable: false,
  };
}
