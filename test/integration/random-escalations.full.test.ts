import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, inject, test } from 'vitest';
import { answerIncident } from '../../src/client/incidents/answer-incident.ts';
import { RUNBOOKS_QUEUE } from '../../src/config/queues.ts';
import { fingerprintOf } from '../../src/gateway/alerts/fingerprint-of.ts';
import { incidentId } from '../../src/incident/alert-report.ts';
import type { Incident } from '../../src/incident/incident.ts';
import { targetIn } from '../support/target.ts';
import { openFicklePager, type Taken } from './escalations/fickle-pager.ts';
import { dice, seedOfThisRun } from './kills/dice.ts';
import { openDoomedGateway } from './kills/doomed-gateway.ts';
import { openDoomedServer } from './kills/doomed-server.ts';
import { openDoomedWorker } from './kills/doomed-worker.ts';

/** 60 take about a minute on 2 cores, 500 between two and three. */
const ESCALATIONS = Number(process.env['RUNBOOK_ESCALATIONS'] ?? 60);
const LEVELS = ['first', 'second', 'third'];
/** Levels are this far apart. */
const DELAY_SECONDS = 4;
const seed = seedOfThisRun();

interface Wrong {
  readonly incident: string;
  readonly why: string;
}

describe(`${ESCALATIONS} escalations while worker, gateway and server are killed with -9, and the pagers fail`, () => {
  test(
    'notify every level that is due before somebody answers',
    { timeout: 1_800_000 },
    async () => {
      await using parts = new AsyncDisposableStack();
      const directory = await mkdtemp(join(tmpdir(), 'escalations-'));
      parts.defer(() => rm(directory, { recursive: true, force: true }));
      const pagers = [await openFicklePager(seed), await openFicklePager(seed + 1)];
      for (const pager of pagers) parts.defer(() => pager.close());
      const target = targetIn(directory, {
        name: 'escalations',
        contacts: Object.fromEntries(LEVELS.map((level) => [level, { members: [level] }])),
        escalation: LEVELS.map((to, index) => ({
          level: index + 1,
          to,
          after: `${index * DELAY_SECONDS}s`,
        })),
        // It gets each event, however many there are.
        channels: Object.fromEntries(
          pagers.map(({ url }, index) => [
            `pager-${index}`,
            { kind: 'pagerduty', key: 'file:key', url },
          ]),
        ),
        incidents: { hold: '0s', repeat: '1h', acknowledged: '1h' },
      });
      await writeFile(join(directory, 'key'), 'key');
      const server = await openDoomedServer(directory);
      parts.defer(() => server.close());
      const worker = await openDoomedWorker({
        address: server.address,
        namespace: server.namespace,
        target,
        queue: RUNBOOKS_QUEUE,
        codePath: inject('workflowBundle'),
      });
      parts.defer(() => worker.close());
      const gateway = await openDoomedGateway(target.name, server);
      parts.defer(() => gateway.close());
      say(`RUNBOOK_SEED=${seed} RUNBOOK_ESCALATIONS=${ESCALATIONS}`);

      const playing = new AbortController();
      const killing = strike();
      const played = await Promise.all(
        Array.from({ length: ESCALATIONS }, (_, number) => play(number)),
      );
      playing.abort();
      await killing;

      const taken = pagers.flatMap((pager) => pager.taken);
      const late = played.flatMap(({ incident }) => latenesses(incident, taken));
      const triggers = pagers.map((pager) =>
        pager.taken.filter(({ event }) => event === 'trigger'),
      );
      const again = triggers.map((all) => all.length - new Set(all.map(({ key }) => key)).size);
      const rounds = triggers.map((all) => all.length - new Set(all.map(pageOf)).size);
      say(
        `${played.length} escalations, ${played.filter(({ answered }) => answered).length} of them acknowledged; killed: worker ${worker.kills.length} times, gateway ${gateway.kills.length}, server ${server.kills.length}`,
        `pagers: ${JSON.stringify(pagers.map(({ moods }) => moods))}`,
        `${triggers.flat().length} pages taken by two pagers; ${sum(rounds)} that the same pager had taken for the same level: ${sum(again)} by the key that tells it so (its answer was lost), the others because the other pager had failed or the worker died`,
        `later than due: p50 ${seconds(quantile(late, 0.5))}, p99 ${seconds(quantile(late, 0.99))}, max ${seconds(quantile(late, 1))}`,
      );
      const wrong = played.flatMap(({ incident }) => wrongs(incident, taken));
      expect(wrong).toEqual([]);
      expect(played.map(({ incident }) => incident.state)).toEqual(played.map(() => 'resolved'));
      // The proof proves something only when it was struck.
      for (const { kills } of [worker, gateway, server]) expect(kills.length).toBeGreaterThan(0);

      /** Each of them once, then whom the dice choose: the worker as often as the others together. */
      async function strike(): Promise<void> {
        const throws = dice(seed + 2);
        const first = [worker, gateway, server];
        const later = [worker, worker, gateway, server];
        while (!playing.signal.aborted) {
          await sleep(4000 + throws() * 6000);
          if (playing.signal.aborted) return;
          const struck = first.shift() ?? later[Math.floor(throws() * later.length)]!;
          await struck.kill();
        }
      }

      async function play(number: number) {
        const throws = dice(seed + 100 + number);
        // They begin one after the other.
        await sleep(number * 100);
        const labels = { alertname: `Number ${number}`, severity: 'sev1' };
        await gateway.alert(labels);
        const id = incidentId(target.name, fingerprintOf({ labels }, 'alertmanager'));
        const handle = server.client.workflow.getHandle(id);
        const answered = throws() < 0.5;
        if (answered) {
          await sleep(throws() * 12_000);
          await insist(() =>
            answerIncident(server.client, id, { what: 'acknowledge', by: 'test' }),
          );
          await sleep(8000);
        } else await allNotified(id);
        await insist(() => answerIncident(server.client, id, { what: 'resolve', by: 'test' }));
        return { answered, incident: (await insist(() => handle.result())) as Incident };
      }

      async function allNotified(id: string): Promise<void> {
        const handle = server.client.workflow.getHandle(id);
        const deadline = Date.now() + 600_000;
        while (Date.now() < deadline) {
          await sleep(500);
          const incident = await server.client
            .withDeadline(Date.now() + 5000, () => handle.query<Incident | undefined>('incident'))
            .catch(() => undefined);
          if (incident?.notified.length === LEVELS.length) return;
        }
        throw new Error(`${id}: not everybody was notified in ten minutes`);
      }

      /** The server is away for a moment now and then: whoever sends an alert tries again. */
      async function insist<Answer>(work: () => Promise<Answer>): Promise<Answer> {
        for (let tries = 1; ; tries += 1) {
          try {
            return await work();
          } catch (error) {
            if (tries === 60) throw error;
            await sleep(500);
          }
        }
      }
    },
  );
});

/** A level that the incident believes notified and no pager knows, or that nobody was notified of although nobody answered. */
function wrongs(incident: Incident, taken: readonly Taken[]): Wrong[] {
  const answered = incident.acknowledged !== undefined;
  return incident.escalation.steps.flatMap(({ contact, notified }) => {
    const known = taken.some((one) => isFor(one, incident, contact));
    return [
      ...(notified && !known
        ? [{ incident: incident.id, why: `${contact} was not notified` }]
        : []),
      ...(!notified && !answered ? [{ incident: incident.id, why: `${contact} was dropped` }] : []),
    ];
  });
}

/** In ms, of each level that was notified: when the first pager took it, after it was due. */
function latenesses(incident: Incident, taken: readonly Taken[]): number[] {
  const opened = Date.parse(incident.openedAt);
  return LEVELS.flatMap((contact, index) => {
    const times = taken.filter((one) => isFor(one, incident, contact)).map(({ at }) => at);
    const due = opened + index * DELAY_SECONDS * 1000;
    return times.length === 0 ? [] : [Math.max(Math.min(...times) - due, 0)];
  });
}

function isFor({ thread, contact, event }: Taken, { id }: Incident, wanted: string): boolean {
  return event === 'trigger' && contact === wanted && thread.startsWith(`${id}/`);
}

function pageOf({ thread, contact }: Taken): string {
  return `${thread} ${contact}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

function say(...lines: readonly string[]): void {
  process.stderr.write(`${lines.join('\n')}\n`);
}
