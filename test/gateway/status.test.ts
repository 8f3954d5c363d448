import { describe, expect } from 'vitest';
import { test } from './support/gateway.ts';

describe('GET /healthz', () => {
  test('is 200 while Temporal answers', async ({ world }) => {
    expect((await world.get('/healthz')).status).toBe(200);
  });
});

describe('GET /metrics', () => {
  test('tells that Temporal answers, and that no worker is there', async ({ world }) => {
    expect(await world.figure('runbook_temporal_up')).toBe(1);
    expect(await world.figure('runbook_worker_polling')).toBe(0);
  });
});
