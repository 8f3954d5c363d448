import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { z } from 'zod';
import { Channel } from '../../../src/config/schema/channels.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import type { Incident } from '../../../src/incident/incident.ts';
import { openListeners } from '../../notify/channels/support/listeners.ts';
import { startMailServer } from '../../notify/channels/support/mail-server.ts';
import { broken } from '../../support/broken.ts';
import { test as base } from '../../support/run.ts';

const test = base.extend<{ services: ReturnType<typeof openListeners> }>({
  services: async ({}, use) => {
    const services = openListeners();
    await use(services);
    services.close();
  },
});
const failing = test.extend({ escalation: [{ level: 1, to: 'operations', after: '0s' }] });

describe.concurrent('page-test', () => {
  test('tries every quiet way on its own, says what it did not try, and signals the check outside', async ({
    world,
    runs,
    services,
  }) => {
    const [hook, pager, check] = [
      await services.listen(),
      await services.listen(),
      await services.listen(),
    ];
    const mail = await startMailServer();
    world.contacts = {
      operations: {
        members: ['ann', 'ben'],
        rotation: { every: '7d', since: '2026-01-04T05:00:00Z' },
        overrides: [{ from: '2026-01-01T00:00:00Z', until: '2999-01-01T00:00:00Z', member: 'dan' }],
        email: 'ops@example.com',
      },
      security: { members: [] },
    };
    channelsOf(world, {
      email: [{ kind: 'smtp', url: 'file:email' }, `smtp://${mail.host}`],
      hook: [{ kind: 'webhook', url: 'file:hook' }, hook.url],
      pager: [{ kind: 'webhook', url: 'file:pager', rings: true }, pager.url],
      watch: [{ kind: 'healthchecks', url: 'file:watch' }, `${check.url}/uuid`],
    });

    const { ending } = await runs.run('page-test');

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(ending.output).toEqual({
      tried: 'operations by email, operations by hook, security by hook',
      notTried: 'operations by pager, security by pager',
    });
    const [, send, ring, tell] = ending.ledger;
    expect(send!.parts!.map(({ title, state }) => `${title} ${state}`)).toEqual([
      'operations by email done',
      'operations by hook done',
      'security by hook done',
    ]);
    expect(send!.note).toContain(`operations by hook (dan): HTTP 200 from ${hook.host}`);
    expect(ring).toMatchObject({
      state: 'omitted',
      note: 'Not tried, as "incidents.synthetic.ring" is false: operations by pager, security by pager',
    });
    expect(tell).toMatchObject({ state: 'done', note: `watch: HTTP 200 from ${check.host}` });
    expect(mail.mails).toHaveLength(1);
    const told = hook.heard.map(({ body }) => (JSON.parse(body) as { contact: string }).contact);
    expect(told).toEqual(['operations', 'security']);
    expect(pager.heard).toEqual([]);
    expect(check.heard.map(({ path }) => path)).toEqual(['/uuid']);
    expect(check.heard[0]!.body).toContain('by every way that is to be tried');
    await mail.close();
  });

  failing(
    'tries the others when one fails, names it, and opens an incident, which a good run closes',
    async ({ world, runs, services }) => {
      let status = 404;
      const [first, broken, pager, check] = [
        await services.listen(),
        await services.listen((response) => response.writeHead(status).end()),
        await services.listen(),
        await services.listen(),
      ];
      world.incidents.synthetic = { ring: true };
      channelsOf(world, {
        broken: [{ kind: 'webhook', url: 'file:broken' }, broken.url],
        hook: [{ kind: 'webhook', url: 'file:hook' }, first.url],
        pager: [{ kind: 'webhook', url: 'file:pager', rings: true }, pager.url],
        watch: [{ kind: 'healthchecks', url: 'file:watch' }, `${check.url}/uuid`],
      });

      const { ending } = await runs.run('page-test');
      const pings = check.heard.map(({ path }) => path);
      status = 200;
      const again = await runs.run('page-test');

      const fault = `operations by broken: HTTP 404 from ${broken.host}`;
      expect(ending).toMatchObject({
        outcome: 'failed',
        failure: { type: 'PagesLost', message: `Cannot notify people: ${fault}` },
      });
      expect(ending.ledger.map(({ state }) => state)).toEqual([
        'done',
        'failed',
        'done',
        'unreached',
      ]);
      expect(ending.ledger[1]!.parts!.map(({ state, note }) => [state, note])).toEqual([
        ['failed', fault],
        ['done', undefined],
      ]);
      // All is not well.
      expect(pings).not.toContain('/uuid');
      expect(again.ending.outcome).toBe('done');
      const worker = await runs.serve();
      const handle = runs.client.workflow.getHandle(`incident/${world.name}/page-test`);
      const incident = (await handle.result()) as Incident;
      await worker.stop();
      expect(incident).toMatchObject({ state: 'resolved', severity: 'sev3', origin: 'run' });
      expect(incident.title).toContain(fault);
    },
  );

  test('names a way whose test came to nothing', async ({ runs }) => {
    const { ending } = await runs.run(
      'page-test',
      {},
      {
        around: async (activity, work) => {
          if (activity === 'channels.test') throw broken('It broke off');
          return work();
        },
      },
    );

    expect(ending.failure?.message).toBe('Cannot notify people: operations by log: It broke off');
  });

  test('finds nothing well where nothing was tried', async ({ world, runs, services }) => {
    const [pager, check] = [await services.listen(), await services.listen()];
    channelsOf(world, {
      pager: [{ kind: 'webhook', url: 'file:pager', rings: true }, pager.url],
      watch: [{ kind: 'healthchecks', url: 'file:watch' }, check.url],
    });

    const { ending } = await runs.run('page-test');

    expect(ending.failure?.message).toBe(
      'Cannot notify people: Nothing was tried: all there is rings, and "incidents.synthetic.ring" is false',
    );
    expect([pager.heard, check.heard]).toEqual([[], []]);
  });
});

/** Channels whose secrets are files beside the target. */
function channelsOf(
  world: SqliteTarget,
  channels: Record<string, [channel: z.input<typeof Channel>, secret: string]>,
): void {
  for (const [name, [channel, secret]] of Object.entries(channels)) {
    writeFileSync(join(world.directory, name), secret);
    world.channels[name] = Channel.parse(channel);
  }
}
