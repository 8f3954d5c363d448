import {
  CancellationScope,
  condition,
  continueAsNew,
  log,
  ParentClosePolicy,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { PageActivities } from '../../activities/served-by-worker/pages.ts';
import { STATE } from '../../config/border/excess.ts';
import { openBorder } from '../../engine/border/border.ts';
import { openIdentity } from '../../engine/people/identity.ts';
import { reasonOf } from '../../engine/run/ending.ts';
import { parse } from '../../engine/run/parse.ts';
import { searchAttributes } from '../../engine/run/search-attributes.ts';
import { AlertReport, reviewId } from '../../incident/alert-report.ts';
import { answered, identified } from '../../incident/answered.ts';
import { after, heard, note, planned, resolved } from '../../incident/episode.ts';
import { dueSteps, elapsed, hurry, nextMoment, paged, unsent } from '../../incident/escalation.ts';
import { incidentTable } from '../../incident/incident-table.ts';
import type { Incident } from '../../incident/incident.ts';
import { Answer, answerSignal, incidentQuery, reportSignal } from '../../incident/messages.ts';
import { pageOf, type PageReason } from '../../incident/page-text.ts';
import type { Sent } from '../../incident/page.ts';
import { remediationBegun, remediationEnded } from '../../incident/remediations.ts';
import { CarriedIncident } from './carried-incident.ts';
import type { incidentReview, Review } from './incident-review.ts';
import { outcomeOf } from './outcome-of.ts';

type Change = (incident: Incident | undefined, now: string) => Incident | undefined;

const { 'pages.plan': plan } = proxyActivities<PageActivities>({
  summary: 'Who is due when',
  startToCloseTimeout: '10s',
  // A worker that knows the target comes back.
  retry: { maximumInterval: '1m' },
});

/** A try asks every channel; when it reached nobody, the incident itself goes on to the next level and tries again. */
const { 'pages.send': send } = proxyActivities<PageActivities>({
  startToCloseTimeout: '1m',
  // Its worker sends a heartbeat every second: another one sends the page when it is gone.
  heartbeatTimeout: '5s',
  retry: { maximumAttempts: 3, initialInterval: '100ms' },
});

/**
 * One episode of one fault: opened by the first report, it notifies people level by level until somebody acknowledges, starts the
 * remediation that the target's routing names, and ends when the fault has stayed away. `carried`: from the run before, when the
 * history has grown long.
 */
export async function incident(carried?: Incident): Promise<Incident> {
  const inbox: Change[] = [];
  const atWork = new Set<string>();
  const border = openBorder();
  const identity = openIdentity();
  let current = parse(CarriedIncident.optional(), carried, STATE);
  let shown = '';

  border.onSignal(reportSignal, AlertReport, (report) => {
    inbox.push((now, at) => heard(now, report, at));
  });
  // Before the first report it is an answer to the episode before this one, which is over.
  border.onSignal(answerSignal, Answer, (answer) => {
    then((now, at) => {
      if (answer.id !== undefined) once(`who ${answer.id}`, () => identify(answer, at));
      return answered(now, answer, at);
    });
  });
  setHandler(incidentQuery, () => current, { description: 'How it stands, and all that happened' });
  CancellationScope.current().cancelRequested.catch(() => {
    then((now, at) => resolved(now, 'temporal', 'Cancelled in Temporal', at));
  });

  return CancellationScope.nonCancellable(async () => {
    for (;;) {
      const now = takeIn();
      if (now?.state === 'resolved') return finish(now);
      if (now) act(now);
      if (isLong()) return continueAsNew<typeof incident>(now);
      const moment = now && nextMoment(now, iso());
      const news = () => inbox.length > 0 || isLong();
      if (moment === undefined) await condition(news);
      else await condition(news, Date.parse(moment) - Date.now());
    }
  });

  /** Nothing is under way, and its history has grown: it goes on in a new one. */
  function isLong(): boolean {
    return atWork.size === 0 && inbox.length === 0 && workflowInfo().continueAsNewSuggested;
  }

  function then(change: (incident: Incident, now: string) => Incident): void {
    inbox.push((now, at) => now && change(now, at));
  }

  /** All that was said, in its order, and what time has brought about. */
  function takeIn(): Incident | undefined {
    for (let change = inbox.shift(); change; change = inbox.shift()) {
      const before = current;
      try {
        current = change(current, iso());
      } catch (error) {
        // A bug must not keep people from being notified.
        log.error('Cannot take in what was said', { error: String(error) });
      }
      if (before?.state === 'triggered' && current?.state === 'acknowledged')
        announce(current, { event: 'acknowledge' });
    }
    if (current && current.state !== 'resolved') current = elapsed(current, iso());
    if (current) show(current);
    return current;
  }

  function show(now: Incident): void {
    setCurrentDetails(incidentTable(now));
    const { target, severity, state, findable } = now;
    const seen = `${severity} ${state}`;
    if (!findable || seen === shown) return;
    shown = seen;
    upsertSearchAttributes([
      { key: searchAttributes.target, value: target },
      { key: searchAttributes.family, value: 'incident' },
      { key: searchAttributes.severity, value: severity },
      { key: searchAttributes.state, value: state },
    ]);
  }

  /** Begins all that is due. */
  function act(now: Incident): void {
    const { escalation, remediation, remediations, updateAt, policy, openedAt } = now;
    if (escalation.reckoned !== escalation.version)
      once(`plan ${escalation.version}`, () => reckon(now));
    for (const step of dueSteps(now, iso()))
      once(`page ${step.level}`, async () => {
        const answer = await notify(step.contact, { event: 'trigger', step });
        then((incident, at) => paged(incident, step, answer, at));
      });
    if (policy?.updates && updateAt !== undefined && updateAt <= iso()) {
      const { to, every } = policy.updates;
      // Pages that have just begun have taken numbers of their own.
      current = { ...current!, updateAt: after(iso(), every) };
      const text = `It is ${now.state} since ${now.acknowledged?.at ?? openedAt}`;
      once(`page update`, () => notify(to, { event: 'note', text }));
    }
    if (remediation !== undefined && remediations.length === 0)
      once(`remediation ${remediation}`, () => startRemediation(remediation));
  }

  /** The key keeps it from being begun again while it is under way. */
  function once(key: string, work: () => Promise<unknown>): void {
    if (atWork.has(key)) return;
    atWork.add(key);
    const failed = (error: unknown) =>
      then((now, at) =>
        note(now, 'note', 'runbook', `Cannot ${key}: ${reasonOf(error).message}`, at),
      );
    void work()
      .catch(failed)
      .finally(() => {
        atWork.delete(key);
        then((now) => now);
      });
  }

  /** An answer counts at once, whoever gave it: nobody is paged on because that is not known yet. */
  async function identify(answer: Answer, at: string): Promise<void> {
    const who = await identity.identify(answerSignal.name, answer);
    then((now) => identified(now, { by: answer.by, at }, who));
  }

  async function reckon({ target, severity, kind, escalation }: Incident): Promise<void> {
    const answer = await plan({ target, severity, kind, from: escalation.from });
    const { policy, steps, findable } = answer;
    then((now) => ({ ...planned(now, escalation.version, policy, steps), findable }));
  }

  /** Nobody is notified in vain for ever: a channel that fails is an answer, too. */
  async function notify(contact: string, reason: PageReason): Promise<Sent> {
    current = { ...current!, messages: current!.messages + 1 };
    const message = pageOf(current, contact, reason, workflowInfo().firstExecutionRunId, iso());
    try {
      return await send.executeWithOptions({ summary: `${reason.event} to ${contact}` }, [message]);
    } catch (error) {
      return unsent(reasonOf(error).message);
    }
  }

  /** To everybody who was paged. */
  function announce({ notified }: Incident, reason: PageReason): void {
    for (const contact of notified)
      once(`page ${reason.event} ${contact}`, () => notify(contact, reason));
  }

  /** A runbook that was started for it goes on: whoever resolves an incident does not stop what mends it. */
  async function finish(now: Incident): Promise<Incident> {
    announce(now, { event: 'resolve' });
    await condition(() => ![...atWork].some((key) => /^(page|who) /.test(key)));
    takeIn();
    await startReview(current!);
    return current!;
  }

  async function startReview(now: Incident): Promise<void> {
    const { policy, resolvedAt = iso(), count } = now;
    if (!policy?.review || count === 0) return;
    const { to: owner, within } = policy.review;
    const review: Review = { incident: now, owner, due: after(resolvedAt, within) };
    await startChild<typeof incidentReview>('incident-review', {
      workflowId: reviewId(now.id, workflowInfo().firstExecutionRunId),
      args: [review],
      staticSummary: `Review of ${now.fingerprint} (${now.target})`,
      parentClosePolicy: ParentClosePolicy.ABANDON,
    });
  }

  async function startRemediation(runbook: string): Promise<void> {
    const { id, target } = current!;
    const run = `${id}/${workflowInfo().firstExecutionRunId}/${runbook}`;
    const envelope = { target, input: {}, by: 'incident', because: id, automatic: true };
    then((now, at) => remediationBegun(now, runbook, run, at));
    const outcome = await outcomeOf(runbook, run, envelope);
    then((now, at) => {
      const next = remediationEnded(now, { runbook, run, outcome }, at);
      return outcome === 'done' ? next : hurry(next, at);
    });
  }
}

function iso(): string {
  return new Date(Date.now()).toISOString();
}
