import { describe, expect } from 'vitest';
import { measured } from '../../src/cli/local/status/measured.ts';
import type { Figure } from '../../src/figures/figure.ts';
import { openFigures } from '../../src/state/figures/open-figures.ts';
import { test } from '../support/target.ts';

const NOW = Date.parse('2026-01-05T12:00:00.000Z');

describe('measured', () => {
  test('tells what was bad when it was measured last, long ago, with its age and as a warning', ({
    target,
  }) => {
    const store = openFigures(target.state);
    keep(store, 36_000, { name: 'app.script', verdict: 'critical', note: 'The page fails' });
    keep(store, 30, { name: 'disk.used /', verdict: 'critical', note: 'Full' });
    store.close();

    const { lines, figures } = measured(target, NOW);

    expect(lines.slice(1)).toMatchObject([
      { subject: 'app.script', verdict: 'warning', text: '10 h 00 min ago: The page fails' },
      { subject: 'disk.used /', verdict: 'critical', text: 'Full' },
    ]);
    expect(figures.map(({ verdict }) => verdict)).toEqual(['critical', 'critical']);
  });

  test('leaves out that a source could not be read, once it was', ({ target }) => {
    const store = openFigures(target.state);
    keep(store, 90, { name: 'health.redis', verdict: 'unknown', note: 'Nothing came' });
    const before = measured(target, NOW).lines.map(({ subject }) => subject);
    keep(store, 30, { name: 'app.health', verdict: 'ok', note: '200 in 3 ms' });
    store.close();

    expect(before).toEqual(['application', 'health.redis']);
    expect(measured(target, NOW).lines.map(({ subject }) => subject)).toEqual(['application']);
  });
});

function keep(
  store: ReturnType<typeof openFigures>,
  secondsAgo: number,
  { verdict, ...figure }: Pick<Figure, 'name' | 'verdict' | 'note'>,
): void {
  const at = new Date(NOW - secondsAgo * 1000).toISOString();
  const value = verdict === 'unknown' ? {} : { value: 1 };
  store.record([{ ...figure, ...value, verdict, unit: 'count', source: 'test', at }], at);
}
