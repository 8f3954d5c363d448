import { defineConfig } from 'vitest/config';

/** `npm test` runs what answers within 3 minutes on 2 cores; RUNBOOK_TESTS=full adds the long ones. */
export default defineConfig({
  test: {
    pool: 'forks',
    include: ['test/**/*.test.ts'],
    exclude: process.env['RUNBOOK_TESTS'] === 'full' ? [] : ['test/**/*.full.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
