import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { UsageError } from '../../config/usage-error.ts';
import { refusalOf } from '../../incident/guards.ts';
import type { TimelineEntry } from '../../incident/incident.ts';
import type { Answer } from '../../incident/messages.ts';
import { addToIncident, answerIncident } from './answer-incident.ts';
import type { IncidentRow } from './list-incidents.ts';
import { type IncidentView, viewIncident } from './view-incident.ts';

/** So long a worker that answers has to take it in, in ms. */
const PATIENCE = 5000;
const INTERVAL = 100;

/** What came of it, as the incident's timeline tells it. Undefined: it is kept, and taken in when a worker comes. */
export type Outcome = TimelineEntry | undefined;

/**
 * Says something to an incident, or adds it to one that is over, and tells what came of it. It looks first whether it can be taken, and
 * is kept also when nobody can tell that. Error: `UsageError` when it is not taken, before or after it was sent.
 */
export async function askIncident(
  client: Client,
  row: IncidentRow,
  answer: Answer,
): Promise<Outcome> {
  const { id, closedAt } = row;
  const view = () => viewIncident(client, row, PATIENCE).catch(() => undefined);
  const before = await view();
  const why = before && refusalOf(before.incident, answer, new Date().toISOString());
  if (why !== undefined) throw notTaken(id, why);
  const isTaken =
    closedAt === undefined
      ? await answerIncident(client, id, answer)
      : await addToIncident(client, row, answer);
  if (!isTaken) throw notTaken(id, 'it is over');
  if (before?.source !== 'incident' || answer.id === undefined) return undefined;
  const end = Date.now() + PATIENCE;
  for (;;) {
    const entry = entryOf(await view(), answer.id);
    if (entry?.refused) throw notTaken(id, entry.text.replace(/^Not taken \([\w-]+\): /, ''));
    if (entry || Date.now() > end) return entry;
    await sleep(INTERVAL);
  }
}

function entryOf(view: IncidentView | undefined, answer: string): TimelineEntry | undefined {
  return view?.incident.timeline.find((entry) => entry.answer === answer);
}

function notTaken(id: string, why: string): UsageError {
  return new UsageError(`Cannot do that with "${id}": ${why}`, `runbook incidents show ${id}`);
}
