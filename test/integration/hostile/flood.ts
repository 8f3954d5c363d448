import type { temporal } from '@temporalio/proto';
import type { Client } from '@temporalio/client';
import type { Hostile } from '../../support/hostile.ts';
import { rawMessages } from '../../support/raw-messages.ts';

type Payloads = temporal.api.common.v1.IPayloads | undefined;

/** An open workflow, and a legal message for each of its signals, updates and queries. */
export interface Open {
  readonly id: string;
  readonly signals: Readonly<Record<string, unknown>>;
  readonly updates?: Readonly<Record<string, unknown>>;
  readonly queries: readonly string[];
}

export interface Flood {
  readonly sent: Readonly<Record<'start' | 'signal' | 'update' | 'query', number>>;
  /** Ids of what was started. */
  readonly begun: readonly string[];
  /** Sent, and not taken by the server itself: too large, or no message at all. */
  readonly stopped: number;
}

interface Plan {
  readonly count: number;
  readonly types: readonly string[];
  readonly open: readonly Open[];
  /** The input of a run that only looks. */
  readonly envelope: object;
  readonly target: string;
  readonly queue: string;
}

const AT_ONCE = 20;
/** In ms. */
const WITHIN = 15_000;
const NAMES = ['__proto__', 'constructor', 'nothing', 'toString', '__temporal_x', ''];

/** Sends so many messages of all kinds to every type of workflow. The same ones for the same seed, but for the times. */
export async function flood(client: Client, random: Hostile, plan: Plan): Promise<Flood> {
  const { types, open, envelope, target, queue } = plan;
  const { among, payloads, json } = random;
  const raw = rawMessages(client, queue);
  const sent = { start: 0, signal: 0, update: 0, query: 0 };
  const begun: string[] = [];
  let stopped = 0;
  for (let done = 0; done < plan.count; done += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, plan.count - done) }, () => one());
    // What the server has no room for, the SDK sends again, for 40 s.
    const results = await client.withDeadline(Date.now() + WITHIN, () =>
      Promise.allSettled(batch.map((send) => send())),
    );
    stopped += results.filter(({ status }) => status === 'rejected').length;
  }
  return { sent, begun, stopped };

  function one(): () => Promise<unknown> {
    const kind = among([
      'start',
      'signal',
      'signal',
      'signal',
      'update',
      'update',
      'query',
    ] as const);
    sent[kind] += 1;
    if (kind === 'start') return start();
    const { id, signals, updates = {}, queries } = among(open);
    if (kind === 'query') return () => query(id, among([...queries, ...NAMES]), content({}));
    const legal = kind === 'signal' ? signals : updates;
    const name = among([...Object.keys(legal), ...Object.keys(legal), among(NAMES)]);
    const said = content(Object.hasOwn(legal, name) ? legal[name] : {});
    return kind === 'signal' ? () => raw.signal(id, name, said) : () => raw.update(id, name, said);
  }

  function start(): () => Promise<unknown> {
    const type = among(types);
    const id = among([`${type}/${target}/`, `incident/${target}/`, 'hostile/', '../']);
    const unique = `${id}${crypto.randomUUID()}`;
    // Who may start a run may start one: what acts is not asked for here.
    const text = json(envelope);
    const input = text.includes('"mode":"plan"') ? text : '[null]';
    const said = among([true, false]) ? plain(input) : content({ by: 'x', because: 'y' });
    return async () => {
      await raw.start(type, unique, said);
      begun.push(unique);
    };
  }

  /** One of fifty is more than Temporal takes. */
  function content(legal: unknown): Payloads {
    return among(Array.from({ length: 50 }, (_, at) => at)) === 0
      ? plain(JSON.stringify('x'.repeat(3_000_000)))
      : payloads(legal);
  }

  async function query(workflowId: string, queryType: string, queryArgs: Payloads): Promise<void> {
    await client.workflowService.queryWorkflow({
      namespace: client.options.namespace,
      execution: { workflowId },
      query: { queryType, ...(queryArgs && { queryArgs }) },
    });
  }
}

function plain(text: string): Payloads {
  return {
    payloads: [{ metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(text) }],
  };
}
