import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect } from 'vitest';
import { test } from '../../support/run.ts';

describe.concurrent('performance-check', () => {
  test('tells what was measured in the last hour beside what it measures now', async ({ runs }) => {
    await runs.run('performance-check');

    const { ending } = await runs.run('performance-check');

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    const shown = ending.ledger.flatMap(({ parts = [] }) => parts.map(({ title }) => title));
    expect(shown).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^ok: response\.p95, \d+ ms of 20 answers; last hour: median \d+ ms, highest \d+ ms, of 1$/,
        ),
        expect.stringMatching(/^ok: database\.size, .* MiB; last hour: median .* MiB/),
        expect.stringMatching(/^ok: cpu\.host, \d+ %/),
      ]),
    );
  });

  test('fails where answers fail, however fast the others are', async ({ world, runs }) => {
    world.metrics = { errorRate: { warning: '1%', critical: '5%' } };
    let asked = 0;
    const server = createServer((_, response) => {
      asked += 1;
      response.writeHead(asked % 2 === 0 ? 200 : 500).end();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    world.app.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

    const { ending } = await runs.run('performance-check');

    server.close();
    expect(ending).toMatchObject({ outcome: 'failed', failure: { type: 'Unhealthy' } });
    expect(ending.failure!.message).toContain(
      'critical: response.failures, 10 of 20 answers failed, the last with 500 (critical above 5%)',
    );
  });
});
