import { describe, expect, test } from 'vitest';
import type { AlertReport } from '../../src/incident/alert-report.ts';
import { heard, openEpisode, reported } from '../../src/incident/episode.ts';
import { refusalOf } from '../../src/incident/guards.ts';

const at = (minutes: number) =>
  new Date(Date.parse('2026-01-05T02:00:00Z') + minutes * 60_000).toISOString();
const report: AlertReport = {
  target: 'shop',
  fingerprint: 'down',
  status: 'firing',
  severity: 'sev1',
  title: 'It is down',
  source: 'test',
  at: at(0),
};
const opened = () => openEpisode(report, at(0));

describe('reopen', () => {
  const again = { ...report, origin: 'person', source: 'ana', at: at(90) } as const;
  const reopens = { run: 'the-run-before', reason: 'it is down again' };

  test('begins an episode that names the one before', () => {
    const incident = heard(undefined, { ...again, reopens }, at(90));

    expect(incident).toMatchObject({ state: 'triggered', former: 'the-run-before' });
    expect(incident.timeline.map(({ what }) => what)).toContain('reopened');
  });

  test('of an open one is refused, and counts as no report', () => {
    const incident = heard(opened(), { ...again, reopens }, at(90));

    expect(incident.count).toBe(1);
    expect(incident.timeline.at(-1)?.text).toBe('Not taken (reopen): it is open');
    expect(refusalOf(opened(), { what: 'reopen' }, at(90))).toMatch(/^it is open/);
    expect(reported(opened(), again, at(90)).count).toBe(2);
  });
});
