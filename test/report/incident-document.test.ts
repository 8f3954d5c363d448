import MarkdownIt from 'markdown-it';
import { describe, expect, test } from 'vitest';
import { askPage } from '../../src/gateway/routes/acknowledge-page.ts';
import { answered } from '../../src/incident/answered.ts';
import { remediationBegun, remediationEnded } from '../../src/incident/beside/remediations.ts';
import { heard, openEpisode, resolved } from '../../src/incident/episode.ts';
import type { FollowUp } from '../../src/incident/beside/follow-up.ts';
import type { Incident, TimelineEntry } from '../../src/incident/incident.ts';
import type { Answer } from '../../src/incident/messages.ts';
import { collapse } from '../../src/report/incident/collapse.ts';
import { incidentDocument } from '../../src/report/incident/incident-document.ts';
import { incidentHtml } from '../../src/report/incident/incident-html.ts';
import { incidentMarkdown } from '../../src/report/incident/incident-markdown.ts';
import { incidentReport } from '../../src/report/incident/incident-report.ts';
import { incidentText } from '../../src/report/incident/incident-text.ts';
import { incidentTimes } from '../../src/report/incident/incident-times.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 5, 2, minute)).toISOString();
const report = {
  target: 'shop',
  fingerprint: 'down',
  status: 'firing',
  severity: 'sev1',
  title: 'It is down',
  source: 'alertmanager',
  at: at(-3),
} as const;
const opened = (more: object = {}) => openEpisode({ ...report, ...more }, at(0));
const say = (incident: Incident, minute: number, answer: object) =>
  answered(incident, { by: 'ana', ...answer } as Answer, at(minute));
const reportOf = (incident: Incident, minute: number, followUp?: FollowUp) =>
  incidentReport(incident, incidentTimes(incident, undefined, at(minute)), at(minute), followUp);

/** It came and went four times, before and after somebody had it. */
function flapping(): Incident {
  let incident = opened();
  for (let round = 0; round < 4; round += 1) {
    const minute = 10 + round * 4;
    incident = heard(incident, { ...report, status: 'resolved', at: at(minute) }, at(minute));
    incident = heard(incident, { ...report, at: at(minute + 2) }, at(minute + 2));
  }
  return say(incident, 30, { what: 'acknowledge' });
}

describe('the document of an incident', () => {
  test('says what it did, when it began, why, what helped, and what is left, each with who said so', () => {
    let incident = say(opened(), 5, { what: 'acknowledge' });
    incident = remediationBegun(incident, 'restart-application', 'restart/shop/1', at(6));
    const outcome = { runbook: 'restart-application', run: 'restart/shop/1', outcome: 'done' };
    incident = remediationEnded(incident, outcome, at(9));
    incident = heard(incident, { ...report, status: 'resolved', at: at(10) }, at(10));
    incident = resolved(incident, 'alert', 'It has stayed away', at(15));
    incident = say(incident, 60, {
      what: 'find',
      impact: 'Nobody could order for an hour',
      began: at(-45),
      cause: 'The disk was full',
    });
    incident = say(incident, 61, { what: 'find', cause: 'The log was never rotated' });
    incident = say(incident, 62, {
      what: 'task',
      title: 'Rotate the log',
      owner: 'dev',
      due: '2026-01-04',
    });
    incident = say(incident, 63, { what: 'task', title: 'Larger disk', owner: 'ops' });
    incident = say(incident, 64, { what: 'task-done', task: 2 });
    const done = {
      by: 'ben',
      at: at(70),
      text: 'We looked in the wrong place first',
      learned: 'Look at the disk first',
      runbooks: ['application-down'],
    };

    const document = incidentDocument(incident, { incident, done }, at(24 * 60));

    expect(document).toEqual({
      impact: [
        'Nobody could order for an hour (ana, 2026-01-05 03:00:00 UTC)',
        '15 min 00 s as sev1, from 2026-01-05 02:00:00 UTC until 2026-01-05 02:15:00 UTC',
      ],
      began: [
        '2026-01-05 01:15:00 UTC (ana, 2026-01-05 03:00:00 UTC)',
        '2026-01-05 01:57:00 UTC, by the clock of who reported it (alertmanager)',
        '2026-01-05 02:00:00 UTC, when the first report came in',
        'It was noticed after 45 min 00 s',
      ],
      cause: ['The log was never rotated (ana, 2026-01-05 03:01:00 UTC)'],
      helped: ['restart-application was done, and 1 min 00 s later it was gone (restart/shop/1)'],
      followUps: [
        { done: false, text: '1. Rotate the log (dev, until 2026-01-04): overdue by 2 days' },
        { done: true, text: '2. Larger disk (ops): done, by ana on 2026-01-05 03:04:00 UTC' },
      ],
      review: [
        'We looked in the wrong place first (ben, 2026-01-05 03:10:00 UTC)',
        'Learned for application-down: Look at the disk first',
      ],
    });
    // What was said first is not lost.
    expect(incident.timeline.map(({ text }) => text)).toContain('Root cause: The disk was full');
  });

  test('says how to write what nobody has written, once it is over, and not to whoever was just woken', () => {
    const woken = incidentDocument(opened(), undefined, at(2));
    const over = incidentDocument(resolved(opened(), 'ana', 'Mended', at(9)), undefined, at(10));

    expect([woken.cause, woken.helped, woken.review]).toEqual([[], [], []]);
    expect(over.cause).toEqual([
      'Nobody has written it yet: runbook incidents document incident/shop/down --cause "..."',
    ]);
    expect(over.helped[0]).toMatch(/--helped "\.\.\."$/);
    expect(over.review[0]).toMatch(/^Nobody has reviewed it: runbook incidents review incident\//);
  });

  test('names nothing as a cure that ended after it was gone, or failed', () => {
    let incident = remediationBegun(opened(), 'repair', 'repair/shop/1', at(6));
    incident = heard(incident, { ...report, status: 'resolved', at: at(8) }, at(8));
    const late = { runbook: 'repair', run: 'repair/shop/1', outcome: 'done' };
    incident = resolved(remediationEnded(incident, late, at(9)), 'alert', 'Away', at(15));

    expect(incidentDocument(incident, undefined, at(20)).helped[0]).toMatch(/^Not known yet/);
  });

  test('refuses a beginning that is yet to come, and a finding of nothing', () => {
    const refused = say(opened(), 5, { what: 'find', began: at(50) });
    const empty = say(opened(), 5, { what: 'find' });

    expect([refused, empty].map(({ findings }) => findings)).toEqual([undefined, undefined]);
    expect(refused.timeline.at(-1)?.text).toBe(`Not taken (find): ${at(50)} is yet to come`);
  });
});

describe('a link', () => {
  const links = ['https://graphs.example.com/d?x=1&y=2', 'javascript:alert(1)', 'ftp://x/y'];
  const rendered = (incident: Incident) => {
    const made = reportOf(incident, 9);
    return {
      html: incidentHtml(made),
      markdown: new MarkdownIt({ html: false }).render(incidentMarkdown(made)),
      text: incidentText(made),
    };
  };

  test('can be clicked when it leads to a page, and is but text when it leads elsewhere', () => {
    const { html, markdown, text } = rendered(opened({ links }));

    expect(html.match(/href="[^"]*"/g)).toEqual([
      'href="https://graphs.example.com/d?x=1&amp;y=2"',
    ]);
    expect(markdown.match(/href="[^"]*"/g)).toEqual([
      'href="https://graphs.example.com/d?x=1&amp;y=2"',
    ]);
    for (const all of [html, markdown, text]) expect(all).toContain('javascript:alert(1)');
    expect(text).toContain('  https://graphs.example.com/d?x=1&y=2\n');
  });

  test('leads nowhere else from the page behind a message, either', () => {
    const page = askPage({
      title: 'It is down',
      contact: 'ops',
      others: [],
      until: at(60),
      incident: opened({ links }),
    });

    expect(page.match(/href="[^"]*"/g)).toEqual([
      'href="https://graphs.example.com/d?x=1&amp;y=2"',
    ]);
    expect(page).toContain('javascript:alert(1)');
  });

  test('ends no attribute, no tag and no link of its own', () => {
    const { html, markdown } = rendered(
      opened({ links: ['https://x/"onmouseover="alert(1)', 'https://x/>[a](javascript:b)'] }),
    );

    expect(html).not.toMatch(/<a /);
    expect(markdown).not.toMatch(/<a /);
  });
});

describe('collapse', () => {
  test('makes one line of a fault that came and went, and keeps what lies beside it', () => {
    const lines = collapse(flapping().timeline);

    expect(lines.map(({ what, text }) => `${what}: ${text}`)).toEqual([
      'triggered: It is down',
      'flaps: It went away and came back 4 times, and was there in the end',
      'acknowledged: By hand',
    ]);
    expect(lines[1]).toMatchObject({ at: at(10), until: at(24), by: 'alertmanager' });
    expect(lines[1]!.all).toHaveLength(9);
  });

  test('leaves a few as they are, and joins nothing over what a person did', () => {
    const entry = (minute: number, what: TimelineEntry['what'], text = ''): TimelineEntry => ({
      at: at(minute),
      what,
      by: 'x',
      text,
    });
    const some = [
      entry(0, 'cleared'),
      entry(1, 'triggered', 'It is back'),
      entry(2, 'note', 'looking'),
      entry(3, 'cleared'),
      entry(4, 'triggered', 'It is back'),
    ];

    expect(collapse(some)).toEqual(some);
  });

  test('counts messages that were tried in vain, of each contact apart', () => {
    const vain = (minute: number, contact: string): TimelineEntry => ({
      at: at(minute),
      what: 'unnotified',
      by: 'escalation',
      text: `Nobody was notified: ${contact}`,
    });
    const lines = collapse([
      ...[0, 1, 2, 3, 4].map((minute) => vain(minute, 'ops')),
      vain(5, 'dev'),
    ]);

    expect(lines.map(({ text }) => text)).toEqual([
      '5 times: Nobody was notified: ops',
      'Nobody was notified: dev',
    ]);
  });

  test('is folded in HTML, a line in Markdown, and whole in what programs read', () => {
    const incident = flapping();
    const made = reportOf(incident, 40);

    expect(incidentHtml(made).match(/<details>/g)).toHaveLength(1);
    expect(incidentMarkdown(made)).toContain(
      '- 2026-01-05 02:10:00 UTC to 2026-01-05 02:24:00 UTC flaps by alertmanager: It went away and came back 4 times',
    );
    expect(incident.timeline).toHaveLength(11);
  });
});
