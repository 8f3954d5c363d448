import { setTimeout as sleep } from 'node:timers/promises';
import { getClient, log } from '@temporalio/activity';
import { reportAlert } from '../../client/incidents/report-alert.ts';
import type { RunQuestion } from '../../config/border/run-question.ts';
import { RUNBOOKS_QUEUE } from '../../config/queues.ts';
import type { Target } from '../../config/schema/target.ts';
import { incidentOfRun } from '../../incident/beside/incident-of-run.ts';
import type { IncidentKind } from '../../incident/alert-report.ts';
import type { Incident } from '../../incident/incident.ts';
import type { Notice } from '../../incident/beside/notice.ts';
import type { Deliver } from '../../notify/deliver.ts';
import { escalationPlan } from '../../notify/escalation-plan.ts';

export interface NoticeRequest extends Omit<Notice, 'channels'> {
  readonly target: string;
  readonly run: string;
  /** Somebody must act: it opens an incident, which goes on notifying people until somebody does. */
  readonly asks: boolean;
  /** Beside its severity, what decides who is asked. */
  readonly kind?: IncidentKind;
  /** By which answer it goes on. */
  readonly question?: RunQuestion;
}

/** So long a run waits to hear that its incident has notified somebody. It goes on notifying people without the run. */
const TIMEOUT_MILLISECONDS = 15_000;

/** How runs notify people. A target without an escalation policy has nobody but the reader of the worker's log. */
export function noticeActivities(
  targets: () => readonly Target[],
  deliver: Deliver,
  queue = RUNBOOKS_QUEUE,
) {
  return {
    /** Answers where it went. */
    async 'notices.notify'(request: NoticeRequest): Promise<string[]> {
      log.error(`${request.severity}: ${request.message}`);
      const target = targets().find(({ name }) => name === request.target);
      if (!target || target.escalation.length === 0) return ['log'];
      const channels = request.asks ? await raise(request) : await mention(target, request);
      return ['log', ...channels];
    },
  };

  async function raise({
    target,
    run,
    severity,
    message,
    at,
    kind,
    question,
  }: NoticeRequest): Promise<string[]> {
    const [title = message, ...details] = message.split('\n');
    const id = await reportAlert(
      getClient(),
      {
        target,
        fingerprint: incidentOfRun(run),
        status: 'firing',
        origin: 'run',
        severity,
        ...(kind && { kind }),
        title: [title, ...details.slice(0, 1)].join(': ').slice(0, 300),
        details: message.slice(0, 8000),
        source: run,
        at,
        ...(question && { question }),
      },
      queue,
    );
    // It goes on notifying people, whatever it answers.
    const channels = await whoHears(id, at).catch(() => []);
    return channels.length > 0 ? channels : [id];
  }

  /** Nobody need act: the first contact of the policy hears of it without being woken. */
  async function mention(
    target: Target,
    { run, severity, message, at }: NoticeRequest,
  ): Promise<string[]> {
    const { steps } = escalationPlan(target, { target: target.name, severity, from: at });
    const [first] = steps;
    if (!first) return [];
    const [subject = message] = message.split('\n');
    const deliveries = await deliver(target, {
      key: `${run}/${at}`,
      target: target.name,
      contact: first.contact,
      severity,
      urgent: false,
      thread: run,
      event: 'note',
      subject,
      body: message,
      at,
      holdable: false,
    });
    return deliveries.filter(({ delivered }) => delivered).map(({ channel }) => channel);
  }
}

export type NoticeActivities = ReturnType<typeof noticeActivities>;

/** The channels by which the incident has notified somebody since `from`; none when it has not in time. */
async function whoHears(id: string, from: string): Promise<string[]> {
  const handle = getClient().workflow.getHandle(id);
  const deadline = Date.now() + TIMEOUT_MILLISECONDS;
  while (Date.now() < deadline) {
    const incident = await handle.query<Incident | undefined>('incident').catch(() => undefined);
    const paged = incident?.timeline.findLast(({ what, at }) => what === 'paged' && at >= from);
    if (paged)
      return (paged.deliveries ?? []).filter((one) => one.delivered).map(({ channel }) => channel);
    if (incident && !isAboutToNotify(incident, deadline)) return [];
    await sleep(100);
  }
  return [];
}

/** Nobody is, when somebody has acknowledged, or was notified before, or is not to be notified at night. */
function isAboutToNotify({ state, escalation }: Incident, deadline: number): boolean {
  if (escalation.reckoned !== escalation.version) return true;
  const due = escalation.steps.some(({ notified, at }) => !notified && Date.parse(at) <= deadline);
  return state === 'triggered' && due;
}
