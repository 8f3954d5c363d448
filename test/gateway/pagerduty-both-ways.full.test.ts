import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, vi } from 'vitest';
import { reportAlert } from '../../src/client/incidents/report-alert.ts';
import type { Target } from '../../src/config/schema/target.ts';
import { startGateway } from '../../src/gateway/start-gateway.ts';
import type { Incident } from '../../src/incident/incident.ts';
import { incidentQuery } from '../../src/incident/messages.ts';
import { paceMessages } from '../../src/notify/pace-messages.ts';
import { type Listener, openListeners } from '../notify/channels/support/listeners.ts';
import { PagerDutyEvent } from '../notify/channels/support/pagerduty-event.ts';
import { type Incidents, test as base } from '../support/incidents.ts';
import { TIMEOUT } from '../support/timeouts.ts';

const KEY = '0123456789abcdef0123456789abcdef';
const SECRET = 'the secret of the subscription';
const VARIABLES = { PAGERDUTY_BOTH_KEY: KEY, PAGERDUTY_BOTH_SECRET: SECRET };
const soon = TIMEOUT;

beforeAll(() => void Object.assign(process.env, VARIABLES));
afterAll(() => {
  for (const name of Object.keys(VARIABLES)) delete process.env[name];
});

interface PagerDuty {
  readonly target: Target;
  /** What it was sent: it takes what its documentation allows. */
  readonly events: () => readonly PagerDutyEvent[];
  /** What people do there. Answers the status and the result. */
  readonly did: (type: string, key: string | null, data?: object) => Promise<string>;
  readonly open: () => Promise<string>;
  readonly view: (id: string) => Promise<Incident>;
}

/** A worker and a gateway on a real Temporal server, and PagerDuty's place taken by what checks schema and signature. */
const test = base.extend<{ pagerDuty: PagerDuty }>({
  pagerDuty: async ({ incidents, b }, use) => {
    const listeners = openListeners();
    const service = await listeners.listen((response, { body }) => {
      const isAllowed = PagerDutyEvent.safeParse(JSON.parse(body)).success;
      response.writeHead(isAllowed ? 202 : 400).end('{"status":"..."}');
    });
    const target: Target = {
      ...b,
      name: `duty-${crypto.randomUUID()}`,
      channels: {
        pager: {
          kind: 'pagerduty',
          key: 'env:PAGERDUTY_BOTH_KEY',
          url: `${service.url}/v2/enqueue`,
          webhook: 'env:PAGERDUTY_BOTH_SECRET',
        },
      },
      incidents: { ...b.incidents, review: undefined },
    };
    const { client, queue } = incidents;
    const stop = await incidents.serve([target], paceMessages({ queue }));
    const gateway = await startGateway({
      client,
      queue,
      targets: [target],
      listen: { host: '127.0.0.1', port: 0 },
      sources: [],
      log: () => {},
    });
    await use({
      ...peopleOf(incidents, target, gateway.address),
      target,
      events: eventsOf(service),
    });
    await gateway.stop();
    await stop();
    listeners.close();
  },
});

function eventsOf({ heard }: Listener): PagerDuty['events'] {
  return () => heard.map(({ body }) => PagerDutyEvent.parse(JSON.parse(body)));
}

function peopleOf({ client, queue }: Incidents, { name }: Target, address: string) {
  const person = { id: 'PX', type: 'user_reference', summary: 'Ana Example' };
  return {
    async did(type: string, key: string | null, data: object = {}) {
      const body = JSON.stringify({
        event: {
          id: crypto.randomUUID(),
          event_type: `incident.${type}`,
          resource_type: 'incident',
          occurred_at: new Date().toISOString(),
          agent: person,
          data: { id: 'PT', type: 'incident', incident_key: key, assignees: [person], ...data },
        },
      });
      const signature = createHmac('sha256', SECRET).update(body).digest('hex');
      // PagerDuty delivers again what was not taken in time.
      for (;;) {
        const answer = await fetch(`${address}/pagerduty/webhook`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'x-pagerduty-signature': `v1=${signature}`,
          },
          body,
        });
        const { result } = (await answer.json()) as { result: string };
        if (answer.status !== 503) return `${answer.status} ${result}`;
      }
    },
    open: () =>
      reportAlert(
        client,
        {
          target: name,
          fingerprint: 'down',
          status: 'firing',
          severity: 'sev1',
          title: 'The shop is down',
          source: 'test',
          at: new Date().toISOString(),
        },
        queue,
      ),
    view: (id: string) => client.workflow.getHandle(id).query<Incident>(incidentQuery.name),
  };
}

describe('PagerDuty, with a gateway and a worker', () => {
  test('hears of a fault, and what a person does there comes back: had, given back, over, and not over', async ({
    pagerDuty: { events, did, open, view },
  }) => {
    const id = await open();
    await vi.waitFor(() => expect(events()).toHaveLength(1), soon);
    const [{ dedup_key: key }] = events() as [PagerDutyEvent];
    const becomes = (state: Incident['state']) =>
      vi.waitFor(async () => expect(await view(id)).toMatchObject({ state }), soon);

    expect(await did('acknowledged', key)).toBe('202 reported');
    await becomes('acknowledged');
    // It counts at once, and how it is known who it was is found out after.
    const by = async () => (await view(id)).acknowledged?.by;
    await vi.waitFor(
      async () => expect(await by()).toMatch(/^Ana Example \((pagerduty|unproven)\)$/),
      soon,
    );

    expect(await did('unacknowledged', key)).toBe('202 reported');
    await becomes('triggered');

    expect(await did('resolved', key)).toBe('202 reported');
    await becomes('resolved');
    const resolves = () => events().filter(({ event_action: one }) => one === 'resolve');
    await vi.waitFor(() => expect(resolves()).toMatchObject([{ dedup_key: key }]), soon);

    expect(await did('reopened', key)).toMatch(/^202 /);
    await becomes('triggered');
    const last = () => events().at(-1)!;
    await vi.waitFor(() => expect(last().event_action).toBe('trigger'), soon);
    // An alert of its own: PagerDuty has closed the other.
    expect(last().dedup_key).not.toBe(key);
    expect(await did('acknowledged', key)).toBe('202 nothing-open');
    expect(await did('acknowledged', last().dedup_key)).toBe('202 reported');
    await becomes('acknowledged');
  }, 120_000);

  test('ends nothing here by merging it there, and what names no key of ours changes nothing', async ({
    pagerDuty: { events, did, open, view },
  }) => {
    const id = await open();
    await vi.waitFor(() => expect(events()).toHaveLength(1), soon);
    const [{ dedup_key: key }] = events() as [PagerDutyEvent];
    const merged = {
      resolve_reason: {
        type: 'merge_resolve_reason',
        incident: { id: 'PZ', type: 'incident_reference', summary: '[#7] All is down' },
      },
    };

    expect(await did('resolved', key, merged)).toBe('202 reported');
    // The incident that it went into: of a rule of theirs, without any key, or with that of somebody else.
    expect(await did('acknowledged', null)).toBe('202 unrouted');
    expect(await did('resolved', 'somebody else')).toBe('202 unrouted');

    await vi.waitFor(
      async () =>
        expect((await view(id)).timeline.at(-1)).toMatchObject({
          what: 'note',
          text: expect.stringMatching(/^Merged in PagerDuty into "\[#7\] All is down": /),
        }),
      soon,
    );
    expect((await view(id)).state).toBe('triggered');
    expect(events().map(({ event_action: one }) => one)).not.toContain('resolve');
  }, 120_000);
});
