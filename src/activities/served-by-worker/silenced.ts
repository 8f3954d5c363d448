import { getClient } from '@temporalio/activity';
import { silencesOf } from '../../client/incidents/silences.ts';
import { LONGEST_WAIT, matchText, silenceOf, silencesId } from '../../incident/beside/silence.ts';
import type { Page } from '../../incident/page.ts';

/** For one answer, in ms. */
const TIMEOUT = 5000;

export interface Silenced {
  /** ISO 8601, UTC. */
  readonly until: string;
  readonly why: string;
}

/**
 * Whether a person has silenced what this page is about. It hears when that is ended before its time. When nobody knows, people are
 * paged.
 */
export async function silenced({ target, labels, incident }: Page): Promise<Silenced | undefined> {
  if (labels === undefined || incident === undefined) return undefined;
  const client = getClient();
  try {
    return await client.withDeadline(Date.now() + TIMEOUT, async () => {
      const silence = silenceOf(await silencesOf(client, target), labels, Date.now());
      if (!silence) return undefined;
      const { by, match, reason } = silence;
      const latest = Math.min(Date.parse(silence.until), Date.now() + LONGEST_WAIT);
      const until = new Date(latest).toISOString();
      await client.workflow
        .getHandle(silencesId(target))
        .signal('wait', { incident: incident.id, until });
      return { until, why: `${by} has silenced ${matchText(match)}: ${reason}` };
    });
  } catch {
    return undefined;
  }
}
