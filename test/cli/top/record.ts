import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { openFigures } from '../../../src/state/figures/open-figures.ts';

/** As a worker does that has just measured: `response.p95` is so many seconds, seven people use it. */
export function record({ state }: Pick<SqliteTarget, 'state'>, seconds: number): void {
  const at = new Date().toISOString();
  const facts = { source: 'a test', verdict: 'ok', note: 'it is so', at } as const;
  const store = openFigures(state);
  store.record(
    [
      { ...facts, name: 'app.health', value: 0.01, unit: 'seconds' },
      { ...facts, name: 'response.p95', value: seconds, unit: 'seconds' },
      { ...facts, name: 'app.users', value: 7, unit: 'count' },
    ],
    at,
  );
  store.close();
}
