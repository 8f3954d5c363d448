import type { Client } from '@temporalio/client';
import { expect } from 'vitest';
import { dueTimes } from '../../../src/client/schedules/due-times.ts';
import { syncSchedules } from '../../../src/client/schedules/sync-schedules.ts';
import { zoneOf } from '../../../src/config/calendar/schedule-text.ts';
import { loadTarget } from '../../../src/config/load/load.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { isMoment, quartersWhen } from './clock.ts';
import { anyRunbook } from './with-schedules.ts';

const TEMPLATES = `${import.meta.dirname}/../../../targets`;

export interface Span {
  readonly from: string;
  readonly until: string;
}

/** Compares what the server would start for each schedule of a template with the calendar. Answers how many times in all. */
export async function expectCalendar(
  client: Client,
  template: string,
  shop: (schedules: SqliteTarget['schedules'], overrides: object) => SqliteTarget,
  span: Span,
): Promise<number> {
  const { schedules, maintenance } = loadTarget(template, TEMPLATES);
  const target = shop(schedules, { maintenance });
  const { calendar, start } = maintenance!.window;
  await syncSchedules(client, [target], anyRunbook(target));
  const due: Record<string, string[]> = {};
  const expected: Record<string, string[]> = {};
  for (const [runbook, rule] of Object.entries(target.schedules)) {
    const moment = rule === 'window' ? `${calendar} ${start}` : (rule as string);
    const zone = zoneOf(rule, maintenance);
    expected[runbook] = quartersWhen(span.from, span.until, zone, isMoment(moment));
    due[runbook] = await dueIn(client, `${target.name}/${runbook}`, span);
  }
  expect(due).toEqual(expected);
  return Object.values(due).flat().length;
}

/** Both ends included. */
export async function dueIn(client: Client, id: string, { from, until }: Span): Promise<string[]> {
  const due = await dueTimes(client, id, new Date(Date.parse(from) - 1), new Date(until));
  return due.map((time) => time.toISOString());
}
