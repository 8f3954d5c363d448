import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Answer } from '../../incident/messages.ts';
import { oneLine } from './text.ts';

const Reference = z.object({ type: z.string(), summary: z.string().nullish() });

/** What we go by of https://developer.pagerduty.com/docs/webhooks-overview, version 3. */
export const Webhook = z.object({
  event: z.object({
    id: z.string().min(1).max(200),
    event_type: z.string().max(200),
    occurred_at: z.string(),
    agent: Reference.nullish(),
    data: z
      .object({
        incident_key: z.string().nullish(),
        assignees: z.array(Reference).nullish(),
        resolve_reason: z
          .object({ type: z.string(), incident: Reference.nullish() })
          .nullish()
          .catch(undefined),
      })
      .loose(),
  }),
});
export type Webhook = z.infer<typeof Webhook>;

/** Whoever puts one incident into another there ends it there: the fault goes on. */
const MERGED = 'merge_resolve_reason';
const ANSWER_HERE = 'what is done with that one there says nothing of this one, so answer it here';

/** Contacts of a target, and who is behind them. */
type Contacts = Readonly<Record<string, { readonly members: readonly string[] }>>;
/** What a person did there, as it is said here. */
export type Deed = Answer | { readonly what: 'reopen'; readonly by: string };

/**
 * Undefined: no person did it, or it means nothing here. What we have told PagerDuty comes back by the name of no person: whoever it was
 * is known here already.
 */
export function deedOf({ event }: Webhook, contacts: Contacts): Deed | undefined {
  const { agent, event_type: type, id, data } = event;
  if (!agent || !/^user(_reference)?$/.test(agent.type)) return undefined;
  const by = nameOf(agent) ?? 'Somebody';
  const signed = { by, via: 'pagerduty', id: idOf(id) };
  switch (type) {
    case 'incident.acknowledged':
      return { what: 'acknowledge', ...signed };
    case 'incident.unacknowledged':
      return { what: 'unacknowledge', ...signed, reason: 'in PagerDuty' };
    case 'incident.resolved': {
      const { type: reason, incident } = data.resolve_reason ?? {};
      if (reason !== MERGED) return { what: 'resolve', ...signed, reason: 'In PagerDuty' };
      const other = (incident && nameOf(incident)) ?? 'another';
      return {
        what: 'note',
        ...signed,
        text: `Merged in PagerDuty into "${other}": ${ANSWER_HERE}`,
      };
    }
    case 'incident.reopened':
      return { what: 'reopen', by };
    case 'incident.reassigned':
    case 'incident.delegated': {
      const names = (data.assignees ?? []).map(nameOf).filter((name) => name !== undefined);
      const to = contactOf(names, contacts);
      if (to !== undefined) return { what: 'reassign', ...signed, to, reason: 'in PagerDuty' };
      const whom = names.length > 0 ? names.join(', ') : 'others';
      return { what: 'note', ...signed, text: `Reassigned in PagerDuty to ${whom}` };
    }
    default:
      return undefined;
  }
}

function nameOf({ summary }: z.infer<typeof Reference>): string | undefined {
  return oneLine(summary ?? '').slice(0, 200) || undefined;
}

function contactOf(names: readonly string[], contacts: Contacts): string | undefined {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  const isMeant = (name: string) => wanted.has(name.toLowerCase());
  return Object.entries(contacts).find(
    ([name, { members }]) => isMeant(name) || members.some(isMeant),
  )?.[0];
}

/** The same for each delivery of one event: what comes twice, or is played again, counts once. */
function idOf(event: string): string {
  const hex = createHash('sha256').update(`pagerduty ${event}`).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
