import { Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Delivery, Page } from '../../../src/incident/page.ts';
import type { Target } from '../../../src/config/schema/target.ts';
import type { Attempt } from '../../../src/notify/channels/open-channels.ts';
import { paceMessages } from '../../../src/notify/pace-messages.ts';
import { type Incidents, test as base } from '../../support/incidents.ts';

interface Mailbox {
  /** What has reached the contact. */
  readonly got: Page[];
  /** As an activity does it. */
  send(page?: Partial<Page>): Promise<readonly Delivery[]>;
  /** Lets this much time pass for what waits. */
  skip(minutes: number, owner?: string): Promise<void>;
  /** Whether the next deliveries fail. */
  fails: boolean;
  /** Whether Temporal takes no signals. */
  deaf: boolean;
  /** Done while the next message is on its way. */
  meanwhile?: (() => Promise<unknown>) | undefined;
  isOpen(): Promise<boolean>;
}

const MINUTE = 60_000;

export const test = base.extend<{ mailbox: Mailbox }>({
  mailbox: async ({ a, incidents }, use) => {
    const target: Target = { ...a, ...PEOPLE, name: `bundle-${crypto.randomUUID()}` };
    const mailbox: Mailbox = {
      got: [],
      fails: false,
      deaf: false,
      send: (page) => activity.run(deliver, target, note(target.name, page)),
      skip: (minutes, owner = 'operations') => skip(incidents, idOf(owner), minutes),
      async isOpen() {
        const { status } = await incidents.client.workflow.getHandle(idOf('operations')).describe();
        return status.name === 'RUNNING';
      },
    };
    const idOf = (owner: string) => `bundle/${target.name}/${owner}/email`;
    const take: Attempt = async ([channel], page) => {
      const { fails, meanwhile } = mailbox;
      mailbox.meanwhile = undefined;
      await meanwhile?.();
      if (!fails) mailbox.got.push(page);
      return { channel, delivered: !fails, detail: '' };
    };
    const deliver = paceMessages({ by: take, queue: incidents.queue, timeout: 30_000 });
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

/** `02:00`, so many hours from now, UTC. */
function hour(from: number): string {
  return new Date(Date.now() + from * 60 * MINUTE).toISOString().slice(11, 16);
}

/** Of the people of this test. */
export const PEOPLE: Pick<Target, 'contacts' | 'people' | 'channels'> = {
  contacts: {
    operations: { members: [], email: 'ops@example.com' },
    night: { members: ['ann'] },
  },
  people: {
    ann: {
      email: 'ann@example.com',
      quiet: { hours: `${hour(-1)}-${hour(2)}`, timezone: 'UTC' },
    },
  },
  channels: { email: { kind: 'smtp', url: 'env:SMTP' } },
};

export function note(target: string, more: Partial<Page> = {}): Page {
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
