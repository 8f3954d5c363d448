import type { Client } from '@temporalio/client';
import { expect } from 'vitest';
import { dueTimes } from '../../../src/client/schedules/due-times.ts';
import { syncSchedules } from '../../../src/client/schedules/sync-schedules.ts';
import { zoneOf } from '../../../src/config/calendar/schedule-text.ts';
import { loadTarget } from '../../../src/config/load/load.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { detailed } from '../../../src/config/schema/timetable.ts';
import { inMilliseconds } from '../../../src/config/time/duration.ts';
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
    const { at, jitter = '0s' } = detailed(rule);
    const moment = at === 'window' ? `${calendar} ${start}` : at!;
    const zone = zoneOf(rule, maintenance);
    expected[runbook] = quartersWhen(span.from, span.until, zone, isMoment(moment));
    const later = inMilliseconds(jitter);
    const until = new Date(Date.parse(span.until) + later).toISOString();
    const times = await dueIn(client, `${target.name}/${runbook}`, { ...span, until });
    due[runbook] = times
      .map((time) => beforeJitter(time, later))
      .filter((time) => time <= span.until);
  }
  expect(due).toEqual(expected);
  return Object.values(due).flat().length;
}

/** The quarter of an hour that it was due at, when it is less than the jitter later. */
function beforeJitter(time: string, jitter: number): string {
  const late = Date.parse(time) % QUARTER;
  return late < jitter ? new Date(Date.parse(time) - late).toISOString() : time;
}

const QUARTER = 15 * 60_000;

/** Both ends included. */
export async function dueIn(client: Client, id: string, { from, until }: Span): Promise<string[]> {
  const due = await dueTimes(client, id, new Date(Date.parse(from) - 1), new Date(until));
  return due.map((time) => time.toISOString());
}
