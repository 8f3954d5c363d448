import { describe, expect, inject, test } from 'vitest';
import { runbook } from '../cli/support/runbook.ts';
import { startGatewayProcess } from './support/gateway-process.ts';

describe('runbook gateway', () => {
  test('serves until it is told to stop, and never prints a token', async () => {
    const gateway = await startGatewayProcess(`gateway-${crypto.randomUUID()}`, inject('temporal'));

    const { status } = await gateway.alert({ alertname: 'Down' });
    const link = await fetch(`${gateway.address}/ack/a-token-that-somebody-guessed`);
    const { exitCode, stderr } = await gateway.stop();

    expect([status, link.status, exitCode]).toEqual([200, 404, 0]);
    expect(stderr).toMatch(/^Taking alerts at http:\/\/127\.0\.0\.1:\d+ for gateway-/);
    expect(stderr).toContain('From alertmanager, by token');
    expect(stderr).not.toMatch(/the-token|a-token|a secret/);
  });

  test('refuses a short token without showing it', async () => {
    const env = { RUNBOOK_GATEWAY_TOKENS: 'alertmanager:abc' };

    const { exitCode, stderr } = await runbook(['gateway', 'demo', '--port', '1'], env);

    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining('the token of "alertmanager" has less than 16 letters'),
    ]);
    expect(stderr).not.toContain('abc');
  });
});
