import { describe, expect, test } from 'vitest';
import { runHtml } from '../../src/report/run/html/run-html.ts';
import { hostile, made } from './support/hostile.ts';
import { at, ledger, reported, unmanaged } from './support/reported.ts';

describe('runHtml', () => {
  test('needs nothing from elsewhere, and runs nothing', () => {
    const page = runHtml(reported());

    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain('name="viewport" content="width=device-width, initial-scale=1"');
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(|https?:/i);
  });

  test('tells how the run went, part by part, and who was notified', () => {
    const text = textOf(runHtml(reported()));

    expect(text).toContain(
      'brought back by step 5 at 2026-01-05 02:00:12 UTC, 11.8 s later. Target demo Started by ops-1',
    );
    expect(text).toContain('Took 13.0 s Input backup latest');
    expect(text).toContain('4.2 indicators done 02:00:07 2.90 s 1204331 rows');
    expect(text).toContain('02:00:07, sev1, by email, log Went on without it');
    expect(text).toContain('02:00:07, sev1, NOBODY Nobody heard this');
    expect(text).toContain('approved "stop" ops-2 users know');
    expect(text).toContain('decided retry on "copy" ops-3');
    expect(text).toContain('took over ops-1 "database-recovery/demo/20260104_235900"');
    expect(text).toContain('rows backup 3, restored 3 downtime 11.8 s');
    expect(text).toContain(
      'To go back: runbook start rollback --target demo --run database-recovery/demo/20260105_020000',
    );
  });

  test('shows each line that began as a bar on one scale, and the downtime behind them', () => {
    const page = runHtml(reported());

    expect(page.match(/class="bar"/g)).toHaveLength(7);
    expect(page).toMatch(/<title>2\. Stop application: done, 2\.40 s<\/title>/);
    // From 1.0 s to 12.8 s of 13 s.
    expect(page).toContain('class="down" x="7.69%"');
    expect(page).toMatch(/width="90\.77%"[^>]*><title>The application was down for 11\.8 s/);
  });

  test('says that the application was down until the undo when it was not started again', () => {
    const lines = ledger.map((line) => (line.id === 'start' ? { ...line, state: 'failed' } : line));

    const page = runHtml(reported({ ledger: lines as typeof ledger, outcome: 'undone' }));

    expect(page).toContain('The application was down, until the undo');
  });

  test('shows first what is left for people to put right', () => {
    const failure = { type: 'NotProven', message: 'sha256 differs' };

    const text = textOf(runHtml(reported({ outcome: 'failed', failure, left: ['Rename it'] })));

    expect(text).toContain('Why it failed NotProven: sha256 differs');
    expect(text.indexOf('Left for people to put right Rename it')).toBeLessThan(
      text.indexOf('Timeline'),
    );
  });

  test('tells of a run that is open, was terminated, or is none of ours', () => {
    const { ending: _, endedAt: __, ...open } = reported();

    expect(textOf(runHtml({ ...open, status: 'RUNNING' }))).toContain('Ended not yet');
    expect(textOf(runHtml({ ...open, status: 'TERMINATED', source: 'history' }))).toContain(
      'terminated It was terminated, without undo',
    );
    const { ledger: ___, ...strange } = open;
    expect(textOf(runHtml(strange))).toContain('No ledger: this is no runbook of this version');
  });

  test('has no bar of no or endless width, however short or long a run is', () => {
    for (const seconds of [0, 0.001, 1, 59, 3600, 86_400 * 30]) {
      const [first] = ledger;
      const lines = [{ ...first!, startedAt: at(0), finishedAt: at(seconds) }];
      const page = runHtml({ ...reported({ ledger: lines }), endedAt: at(seconds) });

      expect(page).not.toMatch(/NaN|Infinity|undefined/);
      expect(page.match(/class="tick"/g)!.length).toBeLessThanOrEqual(5);
    }
  });

  test('takes no text from outside for markup', () => {
    const harmless = tagsOf(runHtml(unmanaged('harmless')));

    for (const text of [...hostile, ...made(500)]) {
      const page = runHtml(unmanaged(text));
      // Nothing to say leaves out what would say it.
      if (text !== '') expect({ text, tags: tagsOf(page) }).toEqual({ text, tags: harmless });
      expect(page.isWellFormed()).toBe(true);
      // eslint-disable-next-line no-control-regex
      expect(page).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
    }
  });
});

/** Every tag with the names of its attributes: text that stays text changes none. */
function tagsOf(page: string): string[] {
  return [...page.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replaceAll(/"[^"]*"/g, '""'));
}

function textOf(page: string): string {
  return page
    .replace(/<style>.*<\/style>/s, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(' : ', ': ');
}
