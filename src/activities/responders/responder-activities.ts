import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { activityInfo, getClient } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import { RUNBOOKS_QUEUE } from '../../config/queues.ts';
import { contactsOf, isFor } from '../../config/schema/on-call/escalation-level.ts';
import type { Target } from '../../config/schema/target.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import type { AlertReport } from '../../incident/alert-report.ts';
import type { Incident } from '../../incident/incident.ts';
import type { Answer } from '../../incident/messages.ts';
import { unclaimed } from '../../os/acting.ts';

/** What happened, as those who are paged read it. */
export interface Emergency {
  /** By which the incident is known: letters, digits and dashes. */
  readonly fingerprint: string;
  readonly title: string;
  readonly details: string;
}

export interface Called {
  /** `incident/<target>/<fingerprint>` */
  readonly incident: string;
  /** By which channels somebody was paged so far. */
  readonly channels: readonly string[];
  readonly note: string;
}

export interface Assigned {
  readonly owner: string;
  /** `2026-12-24` */
  readonly due: string;
  readonly count: number;
}

type Responding = Pick<Target, 'name' | 'escalation' | 'contacts'>;

/** So long it is waited for that somebody is paged: the incident goes on with it by itself. In ms. */
const TIMEOUT = 15_000;
const INTERVAL = 100;
/** B documents an incident within 48 hours. */
const DUE = '48h';

/** People who are called about an incident, told how it goes on, and given what they have to do, until they are done. */
export function responderActivities(target: Responding, queue = RUNBOOKS_QUEUE) {
  const by = () => activityInfo().workflowExecution!.workflowId;

  return {
    /**
     * Opens an incident of kind "security" and sev1: it pages whom the target's policy names for that, and goes on until somebody has it.
     * No end of the run resolves it: people do. The same again is the same incident.
     */
    call: unclaimed(async ({ fingerprint, title, details }: Emergency): Promise<Called> => {
      const report: AlertReport = {
        target: target.name,
        fingerprint,
        status: 'firing',
        severity: 'sev1',
        kind: 'security',
        title: title.slice(0, 300),
        details: details.slice(0, 8000),
        source: by(),
        origin: 'run',
        at: new Date().toISOString(),
      };
      const incident = idOfIncident(fingerprint);
      await getClient().workflow.signalWithStart('incident', {
        workflowId: incident,
        taskQueue: queue,
        args: [],
        signal: 'report',
        signalArgs: [report],
        memo: { title: report.title },
        staticSummary: `${target.name}: security incident`,
      });
      const channels = target.escalation.length > 0 ? await pagedBy(incident) : [];
      const how = channels.length > 0 ? `paged by ${channels.join(', ')}` : 'nobody was paged yet';
      return { incident, channels, note: `${incident}: ${how}` };
    }),

    /** Has the next level of the target's policy called now. False: there is no such incident open. */
    escalate: unclaimed(async (fingerprint: string, reason: string): Promise<boolean> => {
      const id = idOf(by(), 'escalate', reason);
      return answer(fingerprint, { what: 'escalate', by: by(), reason, id });
    }),

    /** Writes into the timeline of the incident, where everybody looks who works on it. False: there is no such incident open. */
    note: unclaimed(async (fingerprint: string, text: string): Promise<boolean> => {
      return answer(fingerprint, { what: 'note', by: by(), text, id: idOf(by(), 'note', text) });
    }),

    /** Gives people tasks, due within 48 h: each is asked for until somebody says that it is done. The same again counts once. */
    assign: unclaimed(async (fingerprint: string, titles: readonly string[]): Promise<Assigned> => {
      const owner = ownerOf(target);
      const due = new Date(Date.now() + inMilliseconds(DUE)).toISOString().slice(0, 10);
      let count = 0;
      for (const title of titles) {
        const id = idOf(by(), 'task', title);
        const task = { what: 'task', by: by(), title, owner, due, id } as const;
        if (await answer(fingerprint, task)) count += 1;
      }
      return { owner, due, count };
    }),
  };

  function idOfIncident(fingerprint: string): string {
    return `incident/${target.name}/${fingerprint}`;
  }

  async function answer(fingerprint: string, said: Answer): Promise<boolean> {
    try {
      await getClient().workflow.getHandle(idOfIncident(fingerprint)).signal('answer', said);
      return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }
}

export type ResponderActivities = ReturnType<typeof responderActivities>;

/** Whoever is there for security alone, else the first of the policy. */
function ownerOf({ escalation, contacts }: Pick<Target, 'escalation' | 'contacts'>): string {
  const level =
    escalation.find((one) => isFor(one, 'sev1', 'security') && !isFor(one, 'sev1', undefined)) ??
    escalation[0];
  return (level && contactsOf(level)[0]) ?? Object.keys(contacts)[0] ?? 'security';
}

/** The same for the same words, so that a second attempt says nothing twice: RFC 9562, version 8. */
function idOf(...words: readonly string[]): string {
  const hex = createHash('sha256').update(words.join('\0')).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

async function pagedBy(id: string): Promise<string[]> {
  const handle = getClient().workflow.getHandle(id);
  const deadline = Date.now() + TIMEOUT;
  while (Date.now() < deadline) {
    const incident = await handle.query<Incident | undefined>('incident').catch(() => undefined);
    const deliveries = (incident?.timeline ?? []).flatMap((one) =>
      one.what === 'paged' ? (one.deliveries ?? []) : [],
    );
    const channels = deliveries.filter((one) => one.delivered).map(({ channel }) => channel);
    if (channels.length > 0 || incident?.state === 'acknowledged') return [...new Set(channels)];
    await sleep(INTERVAL);
  }
  return [];
}
