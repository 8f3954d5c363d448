import type { Target } from '../config/schema/target.ts';
import { type Channel, copies, rings } from '../config/schema/channels.ts';
import { isBundle, shortened } from '../incident/beside/bundling.ts';
import { countedAs, limitsFrom, nextAt } from '../incident/beside/limits.ts';
import type { Delivery, Page, PageLimits } from '../incident/page.ts';
import { RUNBOOKS_QUEUE } from '../config/queues.ts';
import { sleepsUntil } from './channels/audience.ts';
import { pageOf } from './channels/message.ts';
import { type Attempt, attemptOne, channelsOf, openChannels } from './channels/open-channels.ts';
import type { Deliver } from './deliver.ts';
import { openLanes } from './lanes.ts';

/** For an answer of Temporal, in ms: when there is none, a message goes out rather than be late. */
const TIMEOUT = 5000;

interface Options {
  readonly queue?: string | undefined;
  readonly timeout?: number;
  /** One try at one channel. */
  readonly by?: Attempt;
}

/**
 * Delivers, and lets nobody get more by one channel than people can take: what is too much, or is not urgent and for somebody who
 * sleeps, waits in the workflow `bundle` and goes out as one message. Runs in an activity.
 */
export function paceMessages({
  queue = RUNBOOKS_QUEUE,
  timeout = TIMEOUT,
  by = attemptOne,
}: Options = {}): Deliver {
  const lanes = openLanes(queue, timeout);
  /** By the name of the target, as its file was when a message was sent last. */
  const limitsOf = new Map<string, PageLimits>();

  const paced: Attempt = async (named, message, how) => {
    const [name, channel] = named;
    const { recipient, target } = message;
    const limits = limitsOf.get(target);
    const quiet = sleepsUntil(message);
    const kind = countedAs(message);
    if (!isPaced(channel) || (kind === undefined && quiet === undefined))
      return by(named, message, how);
    const isOld = isBundle(message);
    // The workflow that has let it wait has counted it, and is busy with it: it is not asked.
    const lane = await lanes.open({ target, owner: recipient.owner, channel: name }, !isOld);
    const page: Page = {
      ...pageOf(message),
      ...(limits && { limits }),
      only: [name],
      reader: recipient.owner,
      ...(quiet !== undefined && { notBefore: quiet }),
    };
    const next = nextAt({ ...lane.sent(), rings: rings(channel) }, page);
    const waits = !isOld && next > Date.now();
    // What is on its way at this moment, the workflow hears of only later.
    const due = new Date(next).toISOString();
    if (waits && (await lane.add({ ...shortened(page), due })))
      return waiting(name, message.member, rings(channel), next);
    // Counted before it is sent: what comes at the same time must know.
    const at = Date.now();
    const took = kind === undefined ? undefined : lane.take(kind, at);
    const delivery = await by(named, message, how);
    if (!delivery.delivered) took?.undo();
    else if (kind !== undefined && !isOld) await lane.tell(kind, at, rings(channel));
    return delivery;
  };

  return async (target, page) => {
    limitsOf.set(target.name, limitsFrom(target.incidents.limits));
    if (page.event === 'resolve' || page.event === 'acknowledge') await forget(target, page);
    return openChannels(target, undefined, undefined, paced).send(page);
  };

  /** What waits of it is old. Mostly nothing does. */
  async function forget(target: Target, { contact, thread }: Page): Promise<void> {
    const { members = [], overrides = [] } = target.contacts[contact] ?? {};
    const owners = new Set([contact, ...members, ...overrides.map(({ member }) => member)]);
    const channels = channelsOf(target).filter(([, channel]) => isPaced(channel));
    const all = [...owners].flatMap((owner) =>
      channels.map(([channel]) => ({ target: target.name, owner, channel })),
    );
    await Promise.all(all.map(async (name) => (await lanes.open(name)).forget(thread)));
  }
}

/** PagerDuty bundles by itself, and must know of each; a copy calls nobody. */
function isPaced(channel: Channel): boolean {
  return channel.kind !== 'pagerduty' && !copies(channel);
}

function waiting(
  channel: string,
  member: string | undefined,
  isLoud: boolean,
  next: number,
): Delivery {
  return {
    channel: `${channel} (bundle)`,
    delivered: true,
    ...(isLoud && { rings: true }),
    ...(member !== undefined && { member }),
    detail: `It goes out with others at ${new Date(next).toISOString()}`,
  };
}
