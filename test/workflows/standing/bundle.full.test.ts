import { Client, Connection } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, vi } from 'vitest';
import type { Target } from '../../../src/config/schema/target.ts';
import type { Page } from '../../../src/incident/page.ts';
import type { Attempt } from '../../../src/notify/channels/open-channels.ts';
import { paceMessages } from '../../../src/notify/pace-messages.ts';
import { TIMEOUT } from '../../support/timeouts.ts';
import { note, PEOPLE, test } from './mailbox.ts';

describe.concurrent('notes to one contact', () => {
  test('go out at once as long as they are few, and then as one message', async ({ mailbox }) => {
    const [first] = await mailbox.send({ subject: 'first' });
    const others = await Promise.all(
      ['second', 'third', 'fourth'].map((subject) => mailbox.send({ subject })),
    );

    expect(first).toMatchObject({ channel: 'email', delivered: true });
    for (const [delivery] of others)
      expect(delivery).toMatchObject({
        channel: 'email (bundle)',
        delivered: true,
        detail: expect.stringMatching(/^It goes out with others at 20\d\d-/),
      });
    expect(mailbox.got).toHaveLength(1);

    await mailbox.skip(4);

    await vi.waitFor(() => expect(mailbox.got).toHaveLength(2), TIMEOUT);
    const { subject, body, severity, urgent, event } = mailbox.got[1]!;
    expect({ urgent, event, severity }).toEqual({ urgent: false, event: 'note', severity: 'sev3' });
    expect(subject).toMatch(/: 3 notes$/);
    for (const word of ['second', 'third', 'fourth']) expect(body).toContain(`**${word}**`);
  });

  test('that nobody takes wait for the next time, and are not lost', async ({ mailbox }) => {
    await mailbox.send({ subject: 'first' });
    await mailbox.send({ subject: 'second' });
    mailbox.fails = true;
    await mailbox.skip(4);
    expect(mailbox.got).toHaveLength(1);

    mailbox.fails = false;
    await mailbox.skip(20);

    await vi.waitFor(
      () => expect(mailbox.got.map(({ subject }) => subject)).toEqual(['first', 'second']),
      TIMEOUT,
    );
  });

  test('that come while others go out wait for the next time', async ({ mailbox }) => {
    await mailbox.send({ subject: 'first' });
    await mailbox.send({ subject: 'second' });
    mailbox.meanwhile = () => mailbox.send({ subject: 'third' });
    await mailbox.skip(4);
    await vi.waitFor(() => expect(mailbox.got).toHaveLength(2), TIMEOUT);

    await mailbox.skip(20);

    await vi.waitFor(
      () => expect(mailbox.got.map(({ subject }) => subject)).toEqual(['first', 'second', 'third']),
      TIMEOUT,
    );
  });

  test('go out at once when Temporal does not take them', async ({ mailbox }) => {
    await mailbox.send({ subject: 'first' });
    mailbox.deaf = true;

    const [second] = await mailbox.send({ subject: 'second' });

    expect(second).toMatchObject({ channel: 'email', delivered: true });
    expect(mailbox.got).toHaveLength(2);
  });

  test('are forgotten after three hours of silence', async ({ mailbox }) => {
    await mailbox.send();

    await mailbox.skip(179);
    expect(await mailbox.isOpen()).toBe(true);
    await mailbox.skip(2).catch(() => {});

    await vi.waitFor(async () => expect(await mailbox.isOpen()).toBe(false), TIMEOUT);
  });

  test('never keep back what asks somebody to act', async ({ mailbox }) => {
    for (const event of ['trigger', 'acknowledge', 'resolve', 'trigger'] as const)
      await mailbox.send({ event });
    await mailbox.send();
    await mailbox.send({ urgent: true });

    expect(mailbox.got).toHaveLength(6);
  });

  test('go out at once when Temporal cannot tell how many there were', async ({ a }) => {
    const connection = Connection.lazy({ address: '127.0.0.1:1' });
    const by: Attempt = async ([channel]) => ({ channel, delivered: true, detail: '' });
    const deliver = paceMessages({ by, queue: 'nobody', timeout: 200 });
    const target: Target = { ...a, ...PEOPLE };
    const activity = new MockActivityEnvironment({}, { client: new Client({ connection }) });

    for (let count = 0; count < 3; count += 1)
      expect(await activity.run(deliver, target, note(a.name))).toMatchObject([
        { channel: 'email' },
      ]);

    await connection.close();
  });
});

describe.concurrent('pages to one person', () => {
  test('that come together are few, and then one digest, and a new sev1 is not kept back', async ({
    mailbox,
  }) => {
    const page = (index: number): Partial<Page> => ({
      event: 'trigger',
      urgent: true,
      severity: 'sev2',
      thread: `incident/shop/${index}/1`,
      subject: `sev2 shop: fault ${index}`,
    });
    const deliveries = await Promise.all(
      Array.from({ length: 30 }, (_, index) => mailbox.send(page(index))),
    );

    const waiting = deliveries.filter(([one]) => one!.channel === 'email (bundle)');
    expect([mailbox.got.length, waiting.length]).toEqual([5, 25]);
    await mailbox.send({ ...page(99), severity: 'sev1', fresh: true, subject: 'sev1 shop: new' });
    expect(mailbox.got.at(-1)!.subject).toBe('sev1 shop: new');

    // One of those that wait is over, and of another there is news.
    const waited = Array.from({ length: 30 }, (_, index) => index).filter(
      (index) => !mailbox.got.some(({ thread }) => thread === page(index).thread),
    );
    const [over, raised] = waited as [number, number];
    await mailbox.send({ ...page(over), event: 'resolve', subject: 'It is over' });
    await mailbox.send({ ...page(raised), subject: `sev2 shop: fault ${raised}, again` });
    expect(mailbox.got).toHaveLength(7);
    await mailbox.skip(16);

    await vi.waitFor(() => expect(mailbox.got.length).toBeGreaterThan(7), TIMEOUT);
    expect(mailbox.got.slice(7).map(({ subject }) => subject)).toEqual([
      expect.stringMatching(/: 24 messages at once$/),
    ]);
    const digest = mailbox.got[7]!;
    expect(digest).toMatchObject({ event: 'trigger', urgent: true, severity: 'sev2' });
    const named = [...digest.body.matchAll(/^\*\*(.+)\*\* \(/gm)].map(([, subject]) => subject!);
    const others = waited.slice(2).map((index) => page(index).subject);
    expect(new Set(named)).toEqual(new Set([...others, `sev2 shop: fault ${raised}, again`]));
  });

  test('who sleeps wait until the morning, unless they are urgent', async ({ mailbox }) => {
    const ann = { contact: 'night', severity: 'sev3' } as const;
    const first = { ...ann, event: 'trigger', thread: 'incident/shop/a/1', subject: 'a' } as const;
    const second = { ...ann, event: 'trigger', thread: 'incident/shop/b/1', subject: 'b' } as const;

    const [delivery] = await mailbox.send(first);
    await mailbox.send(second);
    await mailbox.send({ ...second, event: 'note', subject: 'b is acknowledged' });
    expect(delivery).toMatchObject({
      delivered: true,
      member: 'ann',
      detail: expect.stringMatching(/^It goes out with others at /),
    });
    expect(mailbox.got).toEqual([]);
    await mailbox.send({
      ...ann,
      event: 'trigger',
      urgent: true,
      severity: 'sev2',
      subject: 'now',
    });
    expect(mailbox.got.map(({ subject }) => subject)).toEqual(['now']);
    await mailbox.skip(125, 'ann');

    await vi.waitFor(() => expect(mailbox.got).toHaveLength(2), TIMEOUT);
    const { body, recipient } = mailbox.got[1] as Page & { recipient: { email: string } };
    expect(recipient.email).toBe('ann@example.com');
    expect([...body.matchAll(/^\*\*(.+)\*\* \(/gm)].map(([, subject]) => subject)).toEqual([
      'a',
      'b is acknowledged',
    ]);
  });
});
