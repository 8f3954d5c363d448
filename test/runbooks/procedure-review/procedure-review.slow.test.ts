import { describe, expect } from 'vitest';
import { Channel } from '../../../src/config/schema/channels.ts';
import { Procedures } from '../../../src/config/schema/oversight/procedures.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openListeners } from '../../notify/channels/support/listeners.ts';
import { test } from '../../support/run.ts';

describe.concurrent('procedure-review', () => {
  test('reminds each owner of their own, once and quietly, of what was neither reviewed nor practised', async ({
    world,
    runs,
  }) => {
    const services = openListeners();
    const hook = await services.listen();
    world.contacts = { operations: { members: [] }, development: { members: [] } };
    writeFileSync(join(world.directory, 'hook'), hook.url);
    world.channels = { hook: Channel.parse({ kind: 'webhook', url: 'file:hook' }) };
    world.procedures = Procedures.parse({
      owner: 'operations',
      reviewed: '2025-06-18',
      approvedBy: 'Operations Team',
      practise: ['page-test', 'system-recovery'],
      runbooks: { 'system-recovery': { owner: 'development' } },
    });
    await runs.run('page-test');

    const { ending } = await runs.run('procedure-review');
    services.close();

    const today = new Date().toISOString().slice(0, 10);
    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(ending.output).toEqual({
      nextReview: '2025-07-18',
      approvedBy: 'Operations Team',
      practised: { 'page-test': today, 'system-recovery': 'never' },
      overdue: [
        'All procedures: to be reviewed every 30d, and a review was due on 2025-07-18 (operations)',
        '"system-recovery": to be practised every 90d, and no run of it is on record (development)',
      ],
    });
    const reminders = hook.heard
      .map(({ body }) => JSON.parse(body) as { contact: string; subject: string; body: string })
      .filter(({ subject }) => subject.includes('procedures to review'));
    expect(reminders.map(({ contact }) => contact)).toEqual(['operations', 'development']);
    expect(reminders[1]!.body).toContain('"system-recovery": to be practised');
    expect(reminders[1]!.body).not.toContain('All procedures');
  });

  test('says so when an owner cannot be reached, and reminds the others all the same', async ({
    world,
    runs,
  }) => {
    const services = openListeners();
    const [good, bad] = [
      await services.listen(),
      await services.listen((response) => response.writeHead(404).end()),
    ];
    world.contacts = { operations: { members: [] }, development: { members: [] } };
    writeFileSync(join(world.directory, 'good'), good.url);
    writeFileSync(join(world.directory, 'bad'), bad.url);
    world.channels = {
      good: Channel.parse({ kind: 'webhook', url: 'file:good', for: ['development'] }),
      bad: Channel.parse({ kind: 'webhook', url: 'file:bad', for: ['operations'] }),
    };
    world.procedures = Procedures.parse({
      owner: 'operations',
      practise: ['rollback'],
      runbooks: { rollback: { owner: 'development' } },
    });

    const { ending } = await runs.run('procedure-review');
    services.close();

    expect(ending.outcome).toBe('failed');
    expect(ending.failure).toMatchObject({ type: 'PagesLost' });
    expect(ending.failure!.message).toMatch(/Nobody could remind "operations": bad: HTTP 404/);
    expect(good.heard).toHaveLength(1);
  });

  test('is not applicable where the target says nothing of procedures', async ({ runs }) => {
    const { ending } = await runs.run('procedure-review');

    expect(ending.outcome).toBe('done');
    expect(ending.ledger[0]!.note).toBe('Not applicable: the target has no "procedures"');
    expect(ending.ledger[1]!.state).toBe('omitted');
  });
});
