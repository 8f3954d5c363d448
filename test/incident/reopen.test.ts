import { describe, expect, test } from 'vitest';
import { heard, openEpisode, reported } from '../../src/incident/episode.ts';
import { refusalOf } from '../../src/incident/guards.ts';
import { at, report } from './three-levels.ts';

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
