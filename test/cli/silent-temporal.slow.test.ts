import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect } from 'vitest';
import type { Status } from '../../src/cli/local/status/status-of.ts';
import { test } from '../support/target.ts';
import { runbook } from './support/runbook.ts';
import { targetsIn } from './support/targets-in.ts';

test('status and check wait no longer than 2 s for a Temporal that takes connections and never answers', async ({
  directory,
  target,
}) => {
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => sockets.add(socket.on('error', () => {})));
  await once(silent.listen(0, '127.0.0.1'), 'listening');
  const { port } = silent.address() as AddressInfo;
  const env = { ...targetsIn(directory, target), TEMPORAL_ADDRESS: `127.0.0.1:${port}` };
  try {
    const usual = await timed(() => runbook(['check', target.name, '--local'], env));
    const asked = await timed(() => runbook(['check', target.name, '--json'], env));

    const found = JSON.parse(asked.result.stdout) as Status;
    expect(found.lines.find(({ subject }) => subject === 'temporal')).toMatchObject({
      verdict: 'unknown',
      text: expect.stringMatching(/^Cannot reach Temporal at 127\.0\.0\.1:\d+: /),
    });
    expect(sockets.size).toBeGreaterThan(0);
    // The client has to be loaded, too; a busy machine takes its time for that.
    expect(asked.milliseconds - usual.milliseconds).toBeLessThan(8000);
  } finally {
    for (const socket of sockets) socket.destroy();
    silent.close();
  }
});

async function timed<Result>(work: () => Promise<Result>) {
  const begun = performance.now();
  const result = await work();
  return { result, milliseconds: performance.now() - begun };
}
