import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** It runs each hour: what each of its runs leaves in Temporal is kept 720 times a month. */
test('a health check that finds all well leaves less than 40 events', () => {
  const file = join(import.meta.dirname, 'histories/done.json');
  const { events } = JSON.parse(readFileSync(file, 'utf8')) as { events: unknown[] };

  expect(events.length).toBeGreaterThan(20);
  expect(events.length).toBeLessThan(40);
});
