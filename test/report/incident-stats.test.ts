import { describe, expect, test } from 'vitest';
import { answered } from '../../src/incident/answered.ts';
import { openEpisode, resolved } from '../../src/incident/episode.ts';
import type { Incident } from '../../src/incident/incident.ts';
import { incidentStats } from '../../src/report/incident/incident-stats.ts';
import { incidentTimes } from '../../src/report/incident/incident-times.ts';
import { statsHtml } from '../../src/report/incident/stats-html.ts';
import { statsCsv, statsText } from '../../src/report/incident/stats-text.ts';
import { hostile } from './support/hostile.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 5, 2, minute)).toISOString();

function incident(
  severity: Incident['severity'],
  alertname: string,
  acknowledge: number | undefined,
  end: number | undefined,
): Incident {
  const report = {
    target: 'shop',
    fingerprint: 'down',
    status: 'firing',
    source: 'probe',
  } as const;
  const labels = { alertname };
  let one = openEpisode({ ...report, severity, title: 'It is down', labels, at: at(0) }, at(0));
  if (acknowledge !== undefined)
    one = answered(one, { what: 'acknowledge', by: 'ana' }, at(acknowledge));
  return end === undefined ? one : resolved(one, 'alert', 'It is gone', at(end));
}

const all = [
  incident('sev1', 'Down', 10, 20),
  incident('sev1', 'Down', 20, 60),
  incident('sev1', 'Slow', undefined, 100),
  incident('sev3', 'Slow', undefined, undefined),
];

describe('statistics of incidents', () => {
  test('are means and medians, by severity and by cause, of those that have come to it', () => {
    expect(statsText(incidentStats(all)).split('\n')).toEqual([
      '      incidents  acknowledged  MTTA         median       resolved  MTTR        median',
      'all   4          2             15 min 00 s  15 min 00 s  3         1 h 00 min  1 h 00 min',
      'sev1  3          2             15 min 00 s  15 min 00 s  3         1 h 00 min  1 h 00 min',
      'sev3  1          0             -            -            0         -           -',
      '',
      '      incidents  acknowledged  MTTA         median       resolved  MTTR         median',
      'Down  2          2             15 min 00 s  15 min 00 s  2         40 min 00 s  40 min 00 s',
      'Slow  2          0             -            -            1         1 h 40 min   1 h 40 min',
    ]);
  });

  test('are CSV that no spreadsheet obeys', () => {
    const csv = statsCsv(incidentStats([incident('sev1', '=cmd|"a",b', 10, 20)]));

    expect(csv.split('\r\n')).toEqual([
      'by,of,incidents,acknowledged,mtta,median_tta,resolved,mttr,median_ttr',
      'all,all,1,1,600,600,1,1200,1200',
      'severity,sev1,1,1,600,600,1,1200,1200',
      `cause,"'=cmd|""a"",b",1,1,600,600,1,1200,1200`,
      '',
    ]);
  });

  test('are a page that no name of an alert breaks', () => {
    const span = { from: Date.parse(at(0)) - 86_400_000, to: Date.parse(at(0)) + 86_400_000 };

    const html = statsHtml(
      'Incidents of shop',
      [incident('sev1', hostile.join(' '), 10, 20)],
      span,
    );

    expect(html).toContain('<td>sev1</td>');
    expect(html).not.toMatch(/<script|<img|<svg onload/);
  });

  test('know the first acknowledgement when the timeline has been cut', () => {
    const cut = { ...all[0]!, timeline: [] };

    expect(incidentTimes(cut, undefined, at(90)).toAcknowledge).toBe(10 * 60_000);
  });
});
