import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, vi } from 'vitest';
import type { Delivery, Page } from '../../../src/incident/page.ts';
import { bundleNotes } from '../../../src/notify/bundle-notes.ts';
import type { Deliver } from '../../../src/notify/deliver.ts';
import { type Incidents, test as base } from '../../support/incidents.ts';
import { TIMEOUT } from '../../support/timeouts.ts';

interface Mailbox {
  /** What has reached the contact. */
  readonly got: Page[];
  /** As an activity does it. */
  send(page?: Partial<Page>): Promise<readonly Delivery[]>;
  /** Lets this much time pass for what waits. */
  skip(minutes: number): Promise<void>;
  /** Whether the next deliveries fail. */
  fails: boolean;
  /** Whether Temporal takes no signals. */
  deaf: boolean;
  /** Done while the next message is on its way. */
  meanwhile?: (() => Promise<unknown>) | undefined;
  isOpen(): Promise<boolean>;
}

const MINUTE = 60_000;

const test = base.extend<{ mailbox: Mailbox }>({
  mailbox: async ({ a, incidents }, use) => {
    const target = { ...a, name: `bundle-${crypto.randomUUID()}` };
    const mailbox: Mailbox = {
      got: [],
      fails: false,
      deaf: false,
      send: (page) => activity.run(deliver, target, note(target.name, page)),
      skip: (minutes) => skip(incidents, id, minutes),
      async isOpen() {
        const { status } = await incidents.client.workflow.getHandle(id).describe();
        return status.name === 'RUNNING';
      },
    };
    const id = `bundle/${target.name}/operations`;
    const take: Deliver = async (_target, page) => {
      const { fails, meanwhile } = mailbox;
      mailbox.meanwhile = undefined;
      await meanwhile?.();
      if (!fails) mailbox.got.push(page);
      return [{ channel: 'email', delivered: !fails, detail: '' }];
    };
    const deliver = bundleNotes(take, incidents.queue, 30_000);
    const { connection, options } = incidents.client;
    const client = new Client({
      connection,
      namespace: options.namespace,
      interceptors: {
        workflow: [
          {
            async signalWithStart(input, next) {
              if (mailbox.deaf) throw new Error('UNAVAILABLE');
              return next(input);
            },
          },
        ],
      },
    });
    const activity = new MockActivityEnvironment({}, { client });
    const stop = await incidents.serve([target], deliver);
    await use(mailbox);
    await stop();
  },
});

describe.concurrent('notes to one contact', () => {
  test('go out at once as long as they are few, and then as one message', async ({ mailbox }) => {
    const [first] = await mailbox.send({ subject: 'first' });
    const others = await Promise.all(
      ['second', 'third', 'fourth'].map((subject) => mailbox.send({ subject })),
    );

    expect(first).toMatchObject({ channel: 'email', delivered: true });
    for (const [delivery] of others)
      expect(delivery).toMatchObject({
        channel: 'bundle',
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

  test('are forgotten after two hours of silence', async ({ mailbox }) => {
    await mailbox.send();

    await mailbox.skip(119);
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
    const got = async () => [{ channel: 'email', delivered: true, detail: '' }];
    const deliver = bundleNotes(got, 'nobody', 200);
    const activity = new MockActivityEnvironment({}, { client: new Client({ connection }) });

    for (let count = 0; count < 3; count += 1)
      expect(await activity.run(deliver, a, note(a.name))).toMatchObject([{ channel: 'email' }]);

    await connection.close();
  });
});

function note(target: string, more: Partial<Page> = {}): Page {
  return {
    key: crypto.randomUUID(),
    target,
    contact: 'operations',
    severity: 'sev3',
    urgent: false,
    holdable: false,
    thread: 'run',
    event: 'note',
    subject: 'A run was skipped',
    body: 'It came too late',
    at: new Date().toISOString(),
    ...more,
  };
}

/** Temporal's server moves the workflow's clock on. */
async function skip({ client }: Incidents, workflowId: string, minutes: number): Promise<void> {
  const { namespace } = client.options;
  const workflowExecution = { workflowId };
  const id = crypto.randomUUID();
  await client.workflowService.updateWorkflowExecutionOptions({
    namespace,
    workflowExecution,
    updateMask: { paths: ['time_skipping_config'] },
    workflowExecutionOptions: {
      timeSkippingConfig: {
        enabled: true,
        fastForwardConfig: { id, duration: msToTs(minutes * MINUTE) },
      },
    },
  });
  await client.workflowService.pollWorkflowExecutionTimeSkipping({
    namespace,
    workflowExecution,
    fastForwardId: id,
  });
}
