import {
  CancellationScope,
  condition,
  continueAsNew,
  log,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { STATE } from '../../config/border/excess.ts';
import { openBorder } from '../../engine/border/border.ts';
import { openIdentity } from '../../engine/people/identity.ts';
import { reasonOf } from '../../engine/run/ending.ts';
import { parse } from '../../engine/run/parse.ts';
import { AlertReport } from '../../incident/alert-report.ts';
import { answered, identified } from '../../incident/answered.ts';
import { announced, announcementTried, dueAnnouncements } from '../../incident/announcements.ts';
import { heard, resolved } from '../../incident/episode.ts';
import { dueSteps, elapsed, hurry, nextMoment } from '../../incident/escalation.ts';
import type { Incident } from '../../incident/incident.ts';
import {
  Answer,
  answerSignal,
  incidentQuery,
  Lifted,
  liftedSignal,
  reportSignal,
} from '../../incident/messages.ts';
import { after } from '../../incident/moments.ts';
import { note } from '../../incident/timeline.ts';
import { planned } from '../../incident/planned.ts';
import { pageOf, pageReason, type PageReason, standingText } from '../../incident/page-text.ts';
import type { Page } from '../../incident/page.ts';
import { remediationBegun, remediationEnded } from '../../incident/beside/remediations.ts';
import { isOldNews } from '../../incident/sources.ts';
import { CarriedIncident } from './carried-incident.ts';
import { openLifts } from './lifts.ts';
import { openShow } from './show-incident.ts';
import { planPages as plan, trySending } from './page-calls.ts';
import { iso, outcomeOf, startRest, startReview } from './start-beside.ts';
import type { Rest } from './after-incident.ts';

/** Answers nothing when it changes nothing. */
type Change = (incident: Incident | undefined, now: string) => Incident | undefined | void;
type Said = Rest['said'][number];

/**
 * One episode of one fault: opened by the first report, it notifies people level by level until somebody acknowledges, starts the
 * remediation that the target's routing names, and ends when the fault has stayed away. `carried`: from the run before, when the
 * history has grown long.
 */
export async function incident(carried?: Incident): Promise<Incident> {
  const inbox: Change[] = [];
  /** What was said after the end: of the next episode. */
  const next: Said[] = [];
  const atWork = new Set<string>();
  const lifts = openLifts();
  const border = openBorder();
  const identity = openIdentity();
  let current = parse(CarriedIncident.optional(), carried, STATE);
  const show = openShow();
  const begun = Date.now();

  border.inOrder(() => {
    border.onSignal(reportSignal, AlertReport, (report) => {
      const received = receivedAt();
      inbox.push((now, at) =>
        now?.state === 'resolved' && isOfNext(now, report)
          ? void next.push({ report })
          : heard(now, report, at, received),
      );
    });
    // Before the first report it is an answer to the episode before this one, which is over.
    border.onSignal(answerSignal, Answer, (answer) =>
      then((now, at) => {
        if (next.length > 0) return void next.push({ answer });
        if (answer.id !== undefined) once(`who ${answer.id}`, () => identify(answer, at));
        return answered(now, answer, at);
      }),
    );
    border.onSignal(liftedSignal, Lifted, (lift) => then((now, at) => lifts.heard(now, lift, at)));
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

  /** When Temporal received what is taken in now. What came with the start is as old as that: no worker may have been there for long. */
  function receivedAt(): string {
    return Date.now() === begun ? workflowInfo().startTime.toISOString() : iso();
  }

  /** Nothing is under way, and its history has grown: it goes on in a new one. */
  function isLong(): boolean {
    return atWork.size === 0 && inbox.length === 0 && workflowInfo().continueAsNewSuggested;
  }

  function then(change: (incident: Incident, now: string) => Incident | void): void {
    inbox.push((now, at) => now && change(now, at));
  }

  /** What is gone is gone already, and what was said before that is no news. */
  function isOfNext(now: Incident, report: AlertReport): boolean {
    return next.length > 0 || (report.status === 'firing' && !isOldNews(now, report));
  }

  /** All that was said, in its order, and what time has brought about. */
  function takeIn(): Incident | undefined {
    for (let change = inbox.shift(); change; change = inbox.shift()) {
      try {
        current = change(current, iso()) ?? current;
      } catch (error) {
        // A bug must not keep people from being notified.
        log.error('Cannot take in what was said', { error: String(error) });
      }
    }
    if (current) current = elapsed(current, iso());
    if (current) show(current);
    return current;
  }

  /** Begins all that is due. */
  function act(now: Incident): void {
    const { escalation, remediation, remediations, updateAt, policy } = now;
    if (escalation.reckoned !== escalation.version)
      once(`plan ${escalation.version}`, () => reckon(now));
    for (const step of dueSteps(now, iso()))
      once(`page ${step.level} ${step.contact}`, async () => {
        const became = lifts.sending(step, escalation.round);
        const answer = await trySending(pageFor(step.contact, { event: 'trigger', step }));
        then((incident, at) => became(incident, answer, at));
      });
    if (policy?.updates && updateAt !== undefined && updateAt <= iso()) {
      const { to, every } = policy.updates;
      const text = standingText(now);
      // Pages that have just begun have taken numbers of their own.
      current = announced(current!, [to], 'note', iso(), text);
      current = { ...current, updateAt: after(iso(), every) };
    }
    announce(current!);
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
    then((now) => identified(now, { by: answer.by, at }, who, who.at));
  }

  async function reckon({ target, severity, kind, to, escalation }: Incident): Promise<void> {
    const answer = await plan({
      target,
      severity,
      kind,
      ...(to !== undefined && { to }),
      from: escalation.from,
    });
    const { policy, steps, findable } = answer;
    then((now, at) => ({ ...planned(now, escalation.version, policy, steps, at), findable }));
  }

  /** Begins what people are to hear of. */
  function announce(now: Incident): void {
    for (const one of dueAnnouncements(now, iso())) {
      const { contact, event } = one;
      once(`page ${event} ${contact}`, async () => {
        const answer = await trySending(pageFor(contact, pageReason(one)));
        then((incident, at) => announcementTried(incident, one, answer, at));
      });
    }
  }

  /**
   * A runbook that was started for it goes on: whoever resolves an incident does not stop what mends it. Whoever was called hears of
   * the end, once it is tried; what fires again meanwhile does not wait for that. Nothing that has come in is dropped: between the last
   * look at it and the end nothing is waited for.
   */
  async function finish(now: Incident): Promise<Incident> {
    announce(now);
    const isSaid = () => ![...atWork].some((key) => /^(page|who) /.test(key));
    while (!isSaid() && next.length === 0) {
      await condition(() => isSaid() || inbox.length > 0);
      takeIn();
    }
    await startReview(current!);
    let handedOn = false;
    for (let part = 1; ; part += 1) {
      takeIn();
      const { announcements = [] } = current!;
      const pages = handedOn
        ? []
        : announcements.map((one) => pageFor(one.contact, pageReason(one)));
      if (next.length === 0 && pages.length === 0) return current!;
      handedOn = true;
      await startRest({ said: next.splice(0), pages }, part);
    }
  }

  function pageFor(contact: string, reason: PageReason): Page {
    current = { ...current!, messages: current!.messages + 1 };
    return pageOf(current, contact, reason, workflowInfo().firstExecutionRunId, iso());
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
