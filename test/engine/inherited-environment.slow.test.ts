import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { pidsOf } from '../../src/activities/health/figures-of.ts';
import { secretVariablesIn } from '../../src/config/schema/values/secret.ts';
import { test } from '../support/run.ts';

const variables = {
  PAGER_OF_TEST: 'https://pager.example.com/the-secret-of-the-pager',
  RUNBOOK_GATEWAY_SECRET: 'the-secret-of-the-gateway',
  GREETING_OF_TEST: 'hello',
};
beforeAll(() => Object.assign(process.env, variables));
afterAll(() => {
  for (const name of Object.keys(variables)) delete process.env[name];
});

describe('an application', () => {
  test('inherits what the worker has, without the secrets that a target names and without what is ours', async ({
    world,
    runs,
  }) => {
    world.channels = { pager: { kind: 'webhook', url: 'env:PAGER_OF_TEST', rings: true } };

    const { ending } = await runs.run('restart-application');

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    const [pid] = await pidsOf(world);
    const inherited = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    expect(inherited).toContain('GREETING_OF_TEST=hello');
    expect(inherited.join('\n')).not.toMatch(/PAGER_OF_TEST|the-secret-of/);
  });
});

describe('secretVariablesIn', () => {
  test('finds them wherever a target names one', () => {
    const target = {
      channels: { a: { url: 'env:A' }, b: { url: 'file:b', secret: 'env:B_2' } },
      list: ['env:C', 'env:C', 'environment', 'env:not a name', null, 1],
    };

    expect(secretVariablesIn(target)).toEqual(['A', 'B_2', 'C', 'C']);
  });
});
