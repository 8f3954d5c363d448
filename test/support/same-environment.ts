import { afterAll } from 'vitest';

/**
 * Loaded before each file of tests: what a file makes of the environment is taken back after it, for the next one runs in the same
 * process. NODE_OPTIONS stay: a module that adds to them does so when it is loaded, which is once.
 */
const before = { ...process.env };

afterAll(() => {
  const { NODE_OPTIONS } = process.env;
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before, NODE_OPTIONS !== undefined && { NODE_OPTIONS });
});
