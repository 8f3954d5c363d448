import { fc } from '@fast-check/vitest';
import { expect } from 'vitest';
import { TIMEOUT } from '../../support/timeouts.ts';
import { openWorld, TOKEN } from './gateway.ts';
import { hostile, sendHostile } from './hostile.ts';

/** What may be heard; guesses at links are limited, too. */
const answers = [200, 202, 400, 401, 404, 413, 415];

/**
 * Many requests, half of them by strangers, half with a good token and so up to Temporal. Answers how many incidents strangers
 * opened, and what /healthz says afterwards.
 */
export async function withstand(times: number): Promise<{ opened: number; health: number }> {
  const open = (name: string) =>
    openWorld({
      requestsPerMinute: 1_000_000,
      targets: [{ name, alerts: [{ match: {} }] }],
    });
  const name = `hostile-${crypto.randomUUID()}`;
  const strangers = await open(name);
  const sources = await open(`${name}-known`);
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(hostile, fc.boolean(), async (request, isKnown) => {
      const code = isKnown
        ? await sendHostile(sources, request, `Bearer ${TOKEN}`)
        : await sendHostile(strangers, request);
      if (!(code === 429 && request.path.startsWith('/ack'))) expect(answers).toContain(code);
      if (code < 300 && !isKnown) expect(request.path).toBe('/healthz');
      if (code < 300 && isKnown && request.path !== '/healthz') taken += 1;
    }),
    { numRuns: times },
  );

  expect(taken).toBeGreaterThan(times / 100);
  // The list is late: when a good alert that was sent last is on it, all others would be.
  await strangers.send('/api/v2/alerts', [{ labels: { alertname: 'Last' } }]);
  const query = `WorkflowId STARTS_WITH "incident/${name}/"`;
  const count = async () => (await strangers.client.workflow.count(query)).count;
  await expect.poll(count, TIMEOUT).toBeGreaterThan(0);
  const opened = (await count()) - 1;
  const { status: health } = await sources.get('/healthz');
  await strangers.stop();
  await sources.stop();
  return { opened, health };
}
