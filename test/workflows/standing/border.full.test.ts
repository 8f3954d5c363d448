import { describe, expect, vi } from 'vitest';
import { refusedQuery } from '../../../src/engine/border/border.ts';
import { deadManId, type Heartbeat } from '../../../src/incident/beside/heartbeat.ts';
import type { Hold } from '../../../src/incident/beside/hold.ts';
import type { Incident } from '../../../src/incident/incident.ts';
import { reportAlert } from '../../../src/client/incidents/report-alert.ts';
import type { Deliver } from '../../../src/notify/deliver.ts';
import { hostile } from '../../support/hostile.ts';
import { test } from '../../support/incidents.ts';
import { rawMessages } from '../../support/raw-messages.ts';
import { TIMEOUT } from '../../support/timeouts.ts';

const SEED = Number(process.env['RUNBOOK_SEED'] ?? 14);
/** Messages of each kind, and how many of them may be long. */
const MANY = 150;
const LONG = 20;
const now = () => new Date().toISOString();

describe('a hostile client', () => {
  test('wedges no workflow by what it sends, and people are notified as before', async ({
    a,
    incidents,
  }) => {
    const { client, queue } = incidents;
    const target = `hostile-${crypto.randomUUID().slice(0, 8)}`;
    const pages: string[] = [];
    const stop = await incidents.serve([{ ...a, name: target }], async (_target, { subject }) => {
      pages.push(subject);
      return [{ channel: 'test', delivered: true, detail: 'taken' }];
    });
    const long = hostile(SEED);
    const short = hostile(SEED, { short: true });
    const raw = rawMessages(client, queue);
    const report = {
      target,
      fingerprint: 'down',
      status: 'firing',
      severity: 'sev1',
      title: 'It is down',
      source: 'test',
      // What an alert says would be held back here.
      origin: 'person',
      at: now(),
    } as const;
    const page = { target, contact: 'on-call', severity: 'sev3', urgent: false, thread: 't' };
    const note = {
      ...page,
      key: 'k',
      event: 'note',
      subject: 's',
      body: 'b',
      at: now(),
      holdable: false,
    };
    const hold: Hold = { by: 'somebody', why: 'practice', until: '2100-01-01T00:00:00.000Z' };
    const heartbeat: Heartbeat = {
      target,
      id: 'job',
      what: 'ok',
      at: now(),
      every: 3_600_000,
      grace: 3_600_000,
      severity: 'sev3',
    };
    const worker = {
      identity: 'x@y',
      place: crypto.randomUUID(),
      hostname: 'y',
      pid: 1,
      version: '1',
      state: '/x',
      policy: 'p',
      since: now(),
    };
    const incident = { id: `incident/${target}/reviewed`, target };
    const all: readonly Standing[] = [
      {
        type: 'incident',
        id: `incident/${target}/down`,
        messages: { report, answer: { what: 'note', by: 'x', text: 'y' } },
      },
      {
        type: 'suppression',
        id: `suppression/${target}`,
        messages: { hold, lift: { by: 'nobody' } },
      },
      { type: 'dead-man', id: deadManId(target, 'job'), messages: { heartbeat } },
      {
        type: 'bundle',
        id: `bundle/${target}/on-call/email`,
        messages: { add: note, sent: Date.now(), paged: { at: Date.now(), rings: true } },
      },
      {
        type: 'serving',
        id: `serving/${target}`,
        messages: { change: worker, leave: 'nobody' },
        updates: { register: { worker } },
      },
    ];
    const types = [...all.map(({ type }) => type), 'incident-review'];
    try {
      // Each is begun by whoever sends first.
      for (const { type, id, messages } of all) {
        const [[signal, legal]] = Object.entries(messages) as [[string, unknown]];
        await client.workflow.signalWithStart(type, {
          workflowId: id,
          taskQueue: queue,
          args: [],
          signal,
          signalArgs: [legal],
        });
      }
      const begun: string[] = [];
      for (let index = 0; index < MANY; index += 1) {
        const { payloads, among } = index < LONG ? long : short;
        const type = among(types);
        begun.push(`hostile/${crypto.randomUUID()}`);
        await Promise.all([
          ...all.flatMap(({ id, messages, updates = {} }) => [
            ...Object.entries(messages).map(([name, legal]) =>
              raw.signal(id, name, payloads(legal)),
            ),
            ...Object.entries(updates).map(([name, legal]) =>
              raw.update(id, name, payloads(legal)),
            ),
            raw.signal(id, among(['__proto__', 'nothing', 'toString']), payloads({})),
          ]),
          raw.start(type, begun.at(-1)!, payloads({ incident, owner: 'x', due: now() })),
        ]);
      }

      await vi.waitFor(async () => {
        const { timeline } = await client.workflow
          .getHandle(all[0]!.id)
          .query<Incident>('incident');
        expect(timeline.length).toBeGreaterThan(0);
      }, TIMEOUT);
      const refused = await Promise.all(
        all.map(({ id }) => client.workflow.getHandle(id).query(refusedQuery)),
      );
      // In a run of its own it counts from the beginning.
      const isNew = await Promise.all(all.map(({ id }) => raw.hasGoneOn(id)));
      const stumbles = await Promise.all(
        [...all.map(({ id }) => id), ...begun].map((id) => raw.stumbles(id)),
      );

      expect(refused.map(({ count }, index) => count > 0 || isNew[index])).toEqual(
        all.map(() => true),
      );
      expect(stumbles.flat()).toEqual([]);
      expect(refused[0]!.last.length).toBeLessThanOrEqual(10);
      // Legal messages are taken as before, and people hear of what is down.
      expect(pages.filter((subject) => subject.includes('It is down')).length).toBeGreaterThan(0);
      await client.workflow
        .getHandle(all[0]!.id)
        .signal('answer', { what: 'note', by: 'ops-1', text: 'Still here' });
      await client.workflow.getHandle(all[1]!.id).signal('hold', { ...hold, by: 'ops-1' });
      await vi.waitFor(async () => {
        const { timeline } = await client.workflow
          .getHandle(all[0]!.id)
          .query<Incident>('incident');
        const holds = await client.workflow.getHandle(all[1]!.id).query<readonly Hold[]>('holds');
        expect(timeline.at(-1)).toMatchObject({ by: 'ops-1', text: 'Still here' });
        expect(holds.map(({ by }) => by)).toContain('ops-1');
      }, TIMEOUT);
      await reportAlert(client, { ...report, fingerprint: 'other', title: 'Another' }, queue);
      await vi.waitFor(
        () => expect(pages.some((subject) => subject.includes('Another'))).toBe(true),
        TIMEOUT,
      );
    } finally {
      await stop();
    }
  });

  test('wedges no incident by long notes, which are kept as far as a person reads them', async ({
    a,
    incidents,
  }) => {
    const { client, queue } = incidents;
    const target = `hostile-${crypto.randomUUID().slice(0, 8)}`;
    const stop = await incidents.serve([{ ...a, name: target }], taken);
    const raw = rawMessages(client, queue);
    const report = { ...sev1, target, at: now() };
    try {
      const id = await reportAlert(client, report, queue);
      const handle = client.workflow.getHandle(id);
      const text = 'x'.repeat(120_000);
      for (let index = 0; index < 18; index += 1)
        await handle.signal('answer', { what: 'note', by: 'ops-1', text });
      await handle.signal('answer', { what: 'resolve', by: 'ops-1' });

      const { timeline } = (await handle.result()) as Incident;

      expect(timeline.filter((one) => one.text.endsWith('(116000 letters cut)'))).toHaveLength(18);
      expect(timeline.find(({ what }) => what === 'resolved')).toMatchObject({ by: 'ops-1' });
      expect(await raw.stumbles(id)).toEqual([]);
    } finally {
      await stop();
    }
  });

  test('that answers in place of who holds alerts back keeps nobody from being notified', async ({
    a,
    incidents,
  }) => {
    const { client, queue } = incidents;
    const target = `hostile-${crypto.randomUUID().slice(0, 8)}`;
    const pages: string[] = [];
    const stop = await incidents.serve([{ ...a, name: target }], async (one, page) => {
      pages.push(page.subject);
      return taken(one, page);
    });
    try {
      const lying = await client.workflow.start('lying', {
        workflowId: `suppression/${target}`,
        taskQueue: queue,
      });

      const id = await reportAlert(client, { ...sev1, target, origin: 'alert', at: now() }, queue);

      await vi.waitFor(() => expect(pages).toContain(`sev1 ${target}: It is down`), TIMEOUT);
      expect(await lying.query('holds')).toEqual([null]);
      await client.workflow.getHandle(id).terminate('a test');
      await lying.terminate('a test');
    } finally {
      await stop();
    }
  });
});

const taken: Deliver = async () => [{ channel: 'test', delivered: true, detail: 'taken' }];

const sev1 = {
  fingerprint: 'down',
  status: 'firing',
  severity: 'sev1',
  title: 'It is down',
  source: 'test',
  origin: 'person',
} as const;

interface Standing {
  readonly type: string;
  readonly id: string;
  /** Its signals, and a legal message for each: the first one begins it. */
  readonly messages: Readonly<Record<string, unknown>>;
  readonly updates?: Readonly<Record<string, unknown>>;
}
