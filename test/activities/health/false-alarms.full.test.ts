import { expect, test } from 'vitest';
import { falseAlarms } from '../../../bench/checks.ts';

/** `npm run bench -- checks` makes 1000 of them. */
test('25 checks of a healthy application find nothing wrong', { timeout: 300_000 }, async () => {
  const alarms = await falseAlarms(25, () => {});

  expect(alarms).toMatchObject({ checks: 25, confirmed: [], incidents: [] });
});
