import { describe, expect, test } from 'vitest';
import { answered } from '../../src/incident/answered.ts';
import { openEpisode, resolved } from '../../src/incident/episode.ts';
import { note } from '../../src/incident/timeline.ts';
import type { Incident } from '../../src/incident/incident.ts';
import { incidentHtml } from '../../src/report/incident/incident-html.ts';
import { incidentMarkdown } from '../../src/report/incident/incident-markdown.ts';
import { incidentReport } from '../../src/report/incident/incident-report.ts';
import { incidentText } from '../../src/report/incident/incident-text.ts';
import { incidentTimes } from '../../src/report/incident/incident-times.ts';
import { hostile } from './support/hostile.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 5, 2, minute)).toISOString();
const ASKED = { asked: 'within 15m', by: at(15) };
const WANTED = 'wanted within 15m, by 2026-01-05 02:15:00 UTC';

function opened(title = 'It is down'): Incident {
  const report = {
    target: 'shop',
    fingerprint: 'down',
    status: 'firing',
    severity: 'sev1',
  } as const;
  return openEpisode({ ...report, title, source: 'probe', at: at(0) }, at(0));
}

function acknowledged(minute: number): Incident {
  return answered(opened(), { what: 'acknowledge', by: 'ops-1' }, at(minute));
}

function factsAt(incident: Incident, minute: number, asked: typeof ASKED | undefined = ASKED) {
  return Object.fromEntries(
    incidentReport(incident, incidentTimes(incident, asked, at(minute)), at(minute)).facts,
  );
}

describe('the report of an incident', () => {
  test.each([
    ['met', acknowledged(4), 90, 'met, with 11 min 00 s to spare'],
    ['met in the last second', acknowledged(15), 90, 'met, with 0.00 s to spare'],
    ['missed', acknowledged(20), 90, 'missed by 5 min 00 s'],
    ['missed so far', opened(), 20, 'missed by 5 min 00 s, nobody has acknowledged it'],
    ['not due yet', opened(), 10, '5 min 00 s are left'],
    [
      'over before it was due',
      resolved(opened(), 'alert', 'It is gone', at(8)),
      90,
      'it was over before, and needed nobody',
    ],
    [
      'over too late, and nobody came',
      resolved(opened(), 'alert', 'It is gone', at(45)),
      90,
      'missed by 30 min 00 s, nobody has acknowledged it',
    ],
  ])('compares with the policy: %s', (_what, incident, minute, text) => {
    expect(factsAt(incident, minute)['Response']).toBe(`${WANTED}: ${text}`);
  });

  test('counts the first acknowledgement, whatever came after it', () => {
    const twice = answered(acknowledged(20), { what: 'acknowledge', by: 'ops-2' }, at(25));
    const over = resolved(twice, 'ops-2', 'Mended', at(125));

    const facts = factsAt(over, 200);

    expect(Object.keys(facts).slice(5, 8)).toEqual([
      'Acknowledged (TTA)',
      'Resolved (TTR)',
      'Response',
    ]);
    expect(facts).toMatchObject({
      'Acknowledged (TTA)': 'after 20 min 00 s, by ops-1',
      'Resolved (TTR)': 'after 2 h 05 min',
      Response: `${WANTED}: missed by 5 min 00 s`,
    });
    expect(incidentTimes(over, ASKED, at(200))).toEqual({
      toAcknowledge: 20 * 60_000,
      toResolve: 125 * 60_000,
      response: { ...ASKED, met: false, spare: -5 * 60_000 },
    });
  });

  test('says so where nobody knows the policy', () => {
    const incident = acknowledged(4);

    const report = incidentReport(incident, incidentTimes(incident, undefined, at(9)), at(9));

    expect(Object.fromEntries(report.facts)['Response']).toBe(
      'the policy of its target is not known here',
    );
  });

  test('escapes what is markup in Markdown and HTML, and nothing at a terminal', () => {
    const title = 'SMTP_URL *and* [more] <b>';
    const incident = note(opened(title), 'note', 'ops_1', 'See `a_b`', at(1));
    const report = incidentReport(incident, incidentTimes(incident, ASKED, at(2)), at(2));

    const text = incidentText(report);

    expect(text).toMatch(/^SMTP_URL \*and\* \[more\] <b>: triggered\n {2}Target: shop\n/);
    expect(text).toContain('  2026-01-05 02:01:00 UTC note by ops_1: See `a_b`');
    expect(text).toContain(`  Response: ${WANTED}: 13 min 00 s are left`);
    expect(incidentMarkdown(report)).toMatch(/^# SMTP\\_URL \\\*and\\\* \\\[more\\\] \\<b\\>: tri/);
    expect(incidentMarkdown(report)).toContain(`- Response: ${WANTED}`);
    expect(incidentHtml(report)).toContain('<h1>SMTP_URL *and* [more] &lt;b&gt;</h1>');
    expect(incidentHtml(report)).toContain(`<dd>${WANTED}`);
  });

  test('sends a terminal nothing but lines of text, whatever a title says', () => {
    const count = lines('harmless');

    for (const title of hostile.filter((one) => one.trim() !== ''))
      expect({ title, count: lines(title) }).toEqual({ title, count });
  });
});

/** Lines of the text, or what is no text in it. */
function lines(title: string): number | string[] {
  const incident = opened(title);
  const text = incidentText(incidentReport(incident, incidentTimes(incident, ASKED, at(2)), at(2)));
  const unmanaged = text.replaceAll('\n', '').match(/[\p{Cc}\u2028\u2029]/gu);
  return unmanaged ?? text.split('\n').length;
}
