import { describe, expect, test } from 'vitest';
import { runHtml } from '../../src/report/run/html/run-html.ts';
import type { ReportedDrills } from '../../src/report/run/reported-run.ts';
import type { DrillRecord } from '../../src/state/drill-history.ts';
import { hostile } from './support/hostile.ts';
import { reported } from './support/reported.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const goals = { rtoMilliseconds: 15 * MINUTE, rpoMilliseconds: 24 * HOUR };

describe('the drills of a report', () => {
  test('are two pictures: a dot a drill, its goal as a line, as text what they show', () => {
    const page = pageOf({
      records: [drill(0, 6), drill(7, 20), drill(14, 8), drill(21, 10)],
      goals,
    });

    expect(page.match(/class="dot"/g)).toHaveLength(8);
    expect(page.match(/class="goal"/g)).toHaveLength(1);
    expect(page).toContain('Recovery time: 10 min 00 s, goal 15 min 00 s: 3 of 4 drills met it');
    // Its goal is so far away that all drills would lie on one line.
    expect(page).toContain('Age of the newest backup: 2 h 00 min, goal 24 h 00 min: 4 of 4');
    expect(page).toContain('2026-01-08 00:00:00 UTC: 20 min 00 s, proven, backup 20260105_010000');
  });

  test('lie where their time and their figure put them', () => {
    const page = pageOf({ records: [drill(0, 6), drill(7, 20), drill(14, 8)], goals });
    const [first, worst, last] = dotsOf(page);
    const goal = Number(/class="goal"[^>]* y1="([\d.]+)"/.exec(page)![1]);

    expect([first!.x, last!.x]).toEqual([9, 98]);
    expect(worst!.x).toBeCloseTo((9 + 98) / 2, 1);
    // Higher is longer.
    expect(worst!.y).toBeLessThan(goal);
    expect(first!.y).toBeGreaterThan(last!.y);
    expect(last!.y).toBeGreaterThan(goal);
  });

  test('without a figure are a line across, and miss their goal', () => {
    const failed = { ...drill(7), verdict: 'failed', findings: ['It does not boot'] } as const;

    const page = pageOf({ records: [drill(0, 6), failed], goals });

    expect(page.match(/class="miss"/g)).toHaveLength(1);
    expect(page).toContain('no figure, failed, backup 20260105_010000. It does not boot');
    expect(page).toContain(
      'Recovery time: the last drill has none (failed), goal 15 min 00 s: 1 of 2',
    );
  });

  test('need no goal, no second drill and no sound clock', () => {
    const one = pageOf({ records: [drill(0, 6)], goals: {} });
    const strange = pageOf({
      records: [
        { ...drill(0, 6), at: 'then' },
        { ...drill(1, 6), rpoMilliseconds: -5 },
      ],
      goals,
    });

    expect(one).toContain('Recovery time: 6 min 00 s. The target names no goal');
    for (const page of [one, strange]) {
      expect(page.match(/class="dot"/g)).toHaveLength(2);
      expect(page).not.toMatch(/NaN|Infinity|undefined/);
    }
    expect(pageOf({ records: [], goals })).not.toContain('Drills so far');
  });

  test('take no text from outside for markup', () => {
    const records = (text: string) => [{ ...drill(0, 6), backup: text, findings: [text] }];
    const harmless = tagsOf(pageOf({ records: records('harmless'), goals }));

    for (const text of hostile)
      expect({ text, tags: tagsOf(pageOf({ records: records(text), goals })) }).toEqual({
        text,
        tags: harmless,
      });
  });
});

function pageOf(drills: ReportedDrills): string {
  return runHtml({ ...reported(), drills });
}

/** A drill so many days after the first, that took so many minutes. */
function drill(days: number, minutes?: number): DrillRecord {
  const at = new Date(Date.parse('2026-01-01T00:00:00Z') + days * 24 * HOUR).toISOString();
  return {
    run: `restore-drill/demo/${days}`,
    at,
    verdict: 'proven',
    backup: '20260105_010000',
    ...(minutes !== undefined && { rtoMilliseconds: minutes * MINUTE }),
    rpoMilliseconds: 2 * HOUR,
    findings: [],
  };
}

function dotsOf(page: string): { x: number; y: number }[] {
  return [...page.matchAll(/class="dot" cx="([\d.]+)%" cy="([\d.]+)"/g)].map(([, x, y]) => ({
    x: Number(x),
    y: Number(y),
  }));
}

function tagsOf(page: string): string[] {
  return [...page.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replaceAll(/"[^"]*"/g, '""'));
}
