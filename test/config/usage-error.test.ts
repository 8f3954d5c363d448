import { expect, test } from 'vitest';
import { UsageError } from '../../src/config/usage-error.ts';

test('names what cannot be found, and what was pasted by mistake by its beginning', () => {
  const path = `/${'p'.repeat(499)}`;

  expect(new UsageError(`Cannot find "${path}"`).message).toBe(`Cannot find "${path}"`);
  expect(new UsageError(`Cannot find "${path}${'q'.repeat(3000)}" in "targets"`).message).toBe(
    `Cannot find "${path}…" in "targets"`,
  );
});
