import { copies, rings } from '../../config/schema/channels.ts';
import { contactsOf, isFor } from '../../config/schema/on-call/escalation-level.ts';
import type { Target } from '../../config/schema/target.ts';
import type { Delivery } from '../../incident/page.ts';
import type { Named } from '../../notify/channels/open-channels.ts';
import { testPage } from '../../notify/channels/test-page.ts';
import { unclaimed } from '../../os/acting.ts';
import { permanent } from '../../os/failure.ts';

/** One contact, notified by one channel. */
export interface Way {
  readonly contact: string;
  readonly channel: string;
  readonly rings: boolean;
}

/** What there is to try. */
interface Ways {
  readonly ways: readonly Way[];
  /** Channels to a check outside, which hears that all the others are well. */
  readonly checks: readonly string[];
  /** Whether those that ring are to be tried, too. */
  readonly ring: boolean;
  /** Who cannot be notified at all: a sentence each. */
  readonly problems: readonly string[];
}

/** What keeps a message where somebody finds it later. A pager does not, and a log lies here. */
const KEEPING: ReadonlySet<string> = new Set(['smtp', 'slack-webhook', 'webhook']);

/** The ways in which a target's people are notified, each on its own. They change nothing at the target. */
export function channelActivities(target: Target, run: string) {
  // Mail and Markdown are loaded by the job process that needs them, and not by each.
  const open = async () => {
    const { openChannels } = await import('../../notify/channels/open-channels.ts');
    return openChannels(target);
  };
  const isCheck = ([, { kind }]: Named) => kind === 'healthchecks';

  return {
    /** To whom test pages go, by which channels. */
    async find(): Promise<Ways> {
      const { contacts, incidents } = target;
      const { to = Object.keys(contacts), ring } = incidents.synthetic;
      const all = Object.entries(target.channels);
      const channels = await open();
      const found = to.map((contact) => ({
        contact,
        by: channels.reaching(contact).filter((named) => !isCheck(named)),
      }));
      // A copy notifies nobody, unless there is nothing else.
      const notifies = ([, channel]: Named) =>
        !copies(channel) || all.every(([, one]) => copies(one));
      return {
        ways: found.flatMap(({ contact, by }) =>
          by.map(([channel, how]) => ({ contact, channel, rings: rings(how) })),
        ),
        checks: all.filter(isCheck).map(([name]) => name),
        ring,
        problems: [
          ...(to.length === 0 ? ['"contacts" names nobody'] : []),
          ...found
            .filter(({ by }) => !by.some(notifies))
            .map(({ contact }) => `"${contact}" is reached by no channel`),
        ],
      };
    },

    /** Sends a test page by this way alone. What PagerDuty makes of it is ended at once, whatever became of the page. */
    test: unclaimed(
      async ({ contact, channel, rings: urgent }: Way, at: string): Promise<Delivery> => {
        const channels = await open();
        const thread = `${run}/${contact}/${channel}`;
        const why = `This is the regular test of whether "${contact}" can be notified by "${channel}". Nobody need answer.`;
        const page = testPage({ target: target.name, contact, urgent, thread, at }, why);
        const delivery = await channels.sendBy(channel, page);
        if (target.channels[channel]?.kind !== 'pagerduty') return delivery;
        const end = { ...page, key: `${page.key}/end`, event: 'resolve' } as const;
        const ended = await channels.sendBy(channel, end);
        if (ended.delivered || !delivery.delivered) return delivery;
        const detail = `${delivery.detail}, and its alert stays open: ${ended.detail}`;
        return { ...delivery, delivered: false, detail };
      },
    ),

    /**
     * Sends what must not be known here alone to all who hear of security, by every channel that leads off this host and keeps what it is
     * given. Answers where it went. Error: `Undelivered` when nobody has it.
     */
    deposit: unclaimed(
      async (
        subject: string,
        body: string,
        at: string,
      ): Promise<{ readonly channels: readonly string[] }> => {
        const channels = await open();
        const levels = target.escalation.filter((level) => isFor(level, 'sev1', 'security'));
        const contacts = [...new Set(levels.flatMap(contactsOf))];
        const ways = contacts.flatMap((contact) =>
          channels
            .reaching(contact)
            .filter(([, { kind }]) => KEEPING.has(kind))
            .map(([channel]) => ({ contact, channel })),
        );
        const deliveries: Delivery[] = [];
        for (const { contact, channel } of ways) {
          const thread = `${run}/evidence`;
          const key = `${thread}/${contact}/${channel}`;
          const page = {
            target: target.name,
            contact,
            severity: 'sev1',
            urgent: false,
            event: 'note',
            holdable: false,
          } as const;
          deliveries.push(
            await channels.sendBy(channel, { ...page, key, thread, subject, body, at }),
          );
        }
        const taken = deliveries.filter(({ delivered }) => delivered).map(({ channel }) => channel);
        if (taken.length > 0) return { channels: [...new Set(taken)] };
        const why = deliveries.map(({ channel, detail }) => `${channel}: ${detail}`).join('; ');
        throw permanent(
          'Undelivered',
          `Nothing was sent off this host${why ? `: ${why}` : ': no channel of mail, Slack or webhook reaches those who hear of security'}`,
        );
      },
    ),

    /** Signals a check outside that all is well. When it hears nothing for too long, it raises the alarm. */
    ping: unclaimed(async (channel: string, at: string): Promise<Delivery> => {
      const thread = `${run}/${channel}`;
      const { name } = target;
      const facts = { target: name, contact: name, urgent: false, thread, at };
      const page = testPage(facts, 'Test pages went out by every way that is to be tried.');
      return (await open()).sendBy(channel, { ...page, event: 'resolve' });
    }),
  };
}
