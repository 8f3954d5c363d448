import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { stampOf } from '../../../src/config/time/stamp.ts';
import { storeReport } from '../../../src/state/figures/reports.ts';
import { keepWeeks } from '../../report/support/measured-weeks.ts';
import { test } from '../../support/run.ts';

describe('performance-report', () => {
  test('writes a page and its Markdown for their owner, and tells what they say', async ({
    world,
    runs,
  }) => {
    const series = {
      'response.p50': { unit: 'seconds', value: () => 0.1 },
      'response.p95': { unit: 'seconds', value: (age: number) => (age < 7 ? 0.9 : 0.3) },
      'cpu.host': { unit: 'ratio', value: () => 0.25 },
    } as const;
    keepWeeks(world.state, series, Date.now());

    const { ending } = await runs.run('performance-report');

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    const { report, markdown, attention } = ending.output as Record<string, string> & {
      attention: { text: string }[];
    };
    // Both weeks by sketches, which are right within 1 %.
    expect(attention).toContainEqual({
      text: expect.stringMatching(
        /^Response time, slowest .* \(\+(?:19\d|20[0-4]) %: more than noise\)$/,
      ),
    });
    const notes = Object.fromEntries(ending.ledger.map(({ id, note }) => [id, note]));
    expect(notes).toMatchObject({
      response: expect.stringMatching(
        /Response time, slowest of each sample: median (?:89\d|90\d) ms/,
      ),
      memory: 'CPU of the host: median 25 %, 95th percentile 25 %, highest 25 %',
      cache: 'Nothing of it was measured',
      errors: 'log-review has read no log',
    });
    expect(readFileSync(report!, 'utf8')).toContain('<svg class="timeline plot"');
    expect(readFileSync(markdown!, 'utf8')).toContain('| CPU of the host |');
    expect(statSync(report!).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(world.state, 'reports'))).toHaveLength(2);
  });

  test('fails where nothing was measured, for an empty page is no answer', async ({ runs }) => {
    const { ending } = await runs.run('performance-report', { last: '30d' });

    expect(ending).toMatchObject({ outcome: 'failed', failure: { type: 'NothingMeasured' } });
  });
});

describe('records.prune', () => {
  test('removes reports of what was measured that are past their time, and nothing else', async ({
    world,
    systems,
  }) => {
    const old = stampOf(new Date(Date.now() - 401 * 86_400_000));
    const young = stampOf(new Date());
    for (const name of [
      `performance-${old}.html`,
      `performance-${old}.md`,
      `performance-${young}.html`,
      `performance-${old}.html.bak`,
    ])
      storeReport(world, name, 'x');

    const { removed } = await systems.records.prune(young);

    expect(removed).toBe(2);
    expect(readdirSync(join(world.state, 'reports')).toSorted()).toEqual([
      `performance-${old}.html.bak`,
      `performance-${young}.html`,
    ]);
  });
});
