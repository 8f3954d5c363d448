import { isDeepStrictEqual } from 'node:util';
import { rings } from '../../../../src/config/schema/channels.ts';
import type { Target } from '../../../../src/config/schema/target.ts';
import { type AlertReport, incidentId } from '../../../../src/incident/alert-report.ts';
import type { Hold } from '../../../../src/incident/beside/hold.ts';
import {
  LONGEST_WAIT,
  type Silence,
  silenceOf,
  silencesId,
} from '../../../../src/incident/beside/silence.ts';
import type { Incident } from '../../../../src/incident/incident.ts';
import type { Delivery, Page, Sent } from '../../../../src/incident/page.ts';
import { openChannels } from '../../../../src/notify/channels/open-channels.ts';
import { escalationPlan, type EscalationQuestion } from '../../../../src/notify/escalation-plan.ts';
import type { Rest } from '../../../../src/workflows/standing/after-incident.ts';
import type { Activities, Done, openSandboxes, Sandbox } from './sandbox.ts';
import type { Act, Story } from './act.ts';
import { contactAt } from './manuals.ts';

/** One try to tell somebody of the fault. */
export interface Try {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly page: Page;
  readonly held: boolean;
  readonly deliveries: readonly Delivery[];
}

/** A Tuesday morning, when both teams work. */
const START = Date.parse('2026-01-06T09:30:00Z');
export const MINUTE = 60_000;
export const ACTIVITIES = [
  'pages.plan',
  'pages.send',
  'incidents.report',
  'incidents.begin-next',
  'people.identify',
  'runs.audit',
];
/** What all sources say of the fault. */
const LABELS = { alertname: 'Fault' };

export interface World {
  readonly sandbox: Sandbox;
  readonly tries: readonly Try[];
  readonly health: { worker: boolean; mail: boolean; pager: boolean; slow: boolean };
  readonly id: string;
  /** False: nobody took it. */
  act(act: Act): Promise<boolean>;
}

/** The fault of a story, the people, and what stands between them: all but the server is what really runs. */
export function openWorld(
  sandboxes: Awaited<ReturnType<typeof openSandboxes>>,
  target: Target,
  { clocks, manual }: Pick<Story, 'clocks' | 'manual'>,
): World {
  const health = { worker: true, mail: true, pager: true, slow: false };
  const tries: Try[] = [];
  /** When each report was. No two are alike. */
  const reports: { readonly report: AlertReport; readonly at: string }[] = [];
  const id = incidentId(target.name, 'fault');
  const suppression = `suppression/${target.name}`;
  const silences = silencesId(target.name);
  const silence = crypto.randomUUID();
  const channels = openChannels(
    target,
    () => '',
    1000,
    async ([channel, kind]) => {
      const delivered = rings(kind) ? health.pager : health.mail;
      return { channel, delivered, ...(rings(kind) && { rings: true }), detail: 'a story' };
    },
  );
  const activities: Activities = {
    'pages.plan': (question: EscalationQuestion): Done => ({
      result: { ...escalationPlan(target, question), findable: false },
      takes: 0,
    }),
    'pages.send': async (page: Page): Promise<Done> => {
      const heldUntil = page.holdable
        ? ((await heldUntilOf(page)) ?? (await silencedUntil(page)))
        : undefined;
      const deliveries = heldUntil === undefined ? await channels.send(page) : [];
      tries.push({ at: sandbox.now(), page, held: heldUntil !== undefined, deliveries });
      const result: Sent = { deliveries, ...(heldUntil !== undefined && { heldUntil }) };
      return { result, takes: health.slow ? 40_000 : 0 };
    },
    'incidents.report': async (report: AlertReport): Promise<Done> => {
      const { target: name, fingerprint } = report;
      await sandbox.signalWithStart('incident', incidentId(name, fingerprint), 'report', report);
      return { result: '', takes: 0 };
    },
    'people.identify': (): Done => ({ result: { name: 'ops-1', known: 'unproven' }, takes: 0 }),
    'runs.audit': (): Done => ({ result: null, takes: 0 }),
  };
  Object.assign(activities, {
    async 'incidents.begin-next'({ said }: Rest): Promise<Done> {
      for (const one of said) {
        if ('answer' in one) {
          await sandbox.signal(id, 'answer', one.answer);
          continue;
        }
        // As `received` finds it in history.
        const sent = reports.find(({ report }) => isDeepStrictEqual(report, one.report));
        const report = { received: sent?.at, ...one.report };
        if (report.status === 'resolved') await sandbox.signal(id, 'report', report);
        else await sandbox.signalWithStart('incident', id, 'report', report);
      }
      return { result: null, takes: 0 };
    },
  });
  const sandbox = sandboxes.open(START, activities, ['incident-review']);
  return { sandbox, tries, health, id, act };

  /** As `pages.send` asks it. */
  async function heldUntilOf({ incident }: Page): Promise<string | undefined> {
    const holds = ((await sandbox.query(suppression, 'holds')) ?? []) as readonly Hold[];
    const until = holds.map((hold) => Date.parse(hold.until));
    if (until.length === 0) return undefined;
    const last = Math.min(Math.max(...until), sandbox.now() + 360 * MINUTE);
    const time = new Date(last).toISOString();
    if (incident) await sandbox.signal(suppression, 'wait', { incident: incident.id, until: time });
    return time;
  }

  /** As `silenced` asks it. */
  async function silencedUntil({ labels, incident }: Page): Promise<string | undefined> {
    const known = ((await sandbox.query(silences, 'silences')) ?? []) as readonly Silence[];
    const one = silenceOf(known, labels ?? {}, sandbox.now());
    if (!one || !incident) return undefined;
    const until = new Date(Math.min(Date.parse(one.until), sandbox.now() + LONGEST_WAIT));
    const wait = { incident: incident.id, until: until.toISOString() };
    await sandbox.signal(silences, 'wait', wait);
    return wait.until;
  }

  /** As `incidents reopen` does: what is open cannot be. */
  async function reopen(by: string): Promise<boolean> {
    const last = sandbox.runs.findLast((run) => run.id === id);
    if (last?.status !== 'done') return false;
    const { severity } = last.result as Incident;
    const report: AlertReport = {
      ...said('firing', severity),
      origin: 'person',
      source: by,
      reopens: { run: last.runId, reason: 'It is still down' },
    };
    reports.push({ report, at: iso() });
    await sandbox.signalWithStart('incident', id, 'report', report);
    return true;
  }

  function iso(): string {
    return new Date(sandbox.now()).toISOString();
  }

  function said(status: AlertReport['status'], severity: AlertReport['severity'], ahead = 0) {
    const at = new Date(sandbox.now() + ahead * MINUTE).toISOString();
    const { name } = target;
    return { target: name, fingerprint: 'fault', status, severity, title: 'It is down', at };
  }

  async function act(one: Act): Promise<boolean> {
    const by = 'ops-1';
    switch (one.do) {
      case 'fire':
      case 'clear': {
        const [status, severity] =
          one.do === 'fire' ? (['firing', one.severity] as const) : (['resolved', 'sev3'] as const);
        const report: AlertReport = {
          ...said(status, severity, clocks[one.source]),
          source: `source-${one.source}`,
          labels: LABELS,
        };
        reports.push({ report, at: iso() });
        // As the gateway does: what is over opens nothing.
        if (one.do === 'clear') return sandbox.signal(id, 'report', report);
        await sandbox.signalWithStart('incident', id, 'report', report);
        return true;
      }
      case 'acknowledge':
      case 'unacknowledge':
      case 'escalate':
      case 'resolve':
        return sandbox.signal(id, 'answer', { what: one.do, by });
      case 'reopen':
        return reopen(by);
      case 'reassign':
      case 'respond': {
        const to = contactAt(manual, one.to);
        return sandbox.signal(id, 'answer', { what: one.do, by, to });
      }
      case 'snooze': {
        const until = new Date(sandbox.now() + one.minutes * MINUTE).toISOString();
        return sandbox.signal(id, 'answer', { what: 'snooze', by, until });
      }
      case 'note':
        return sandbox.signal(id, 'answer', { what: 'note', by, text: 'Looking at it' });
      case 'severity':
        return sandbox.signal(id, 'answer', { what: 'severity', by, severity: one.severity });
      case 'hold': {
        const until = new Date(sandbox.now() + (one.minutes + 1) * MINUTE).toISOString();
        const hold: Hold = { by: 'somebody', why: 'They work on it', until };
        await sandbox.signalWithStart('suppression', suppression, 'hold', hold);
        return true;
      }
      case 'lift':
        return sandbox.signal(suppression, 'lift', { by: 'somebody' });
      case 'silence': {
        const until = new Date(sandbox.now() + (one.minutes + 1) * MINUTE).toISOString();
        const asked: Silence = {
          id: silence,
          match: LABELS,
          from: iso(),
          until,
          reason: 'Known',
          by,
        };
        await sandbox.signalWithStart('silences', silences, 'silence', asked);
        return true;
      }
      case 'unsilence':
        return sandbox.signal(silences, 'end', { silence, by });
      case 'worker':
        health.worker = one.up;
        await sandbox.away(!one.up);
        return true;
      case 'slow':
        health.slow = one.on;
        return true;
      case 'mail':
      case 'pager':
        health[one.do] = one.up;
        return true;
    }
  }
}
