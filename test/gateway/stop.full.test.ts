import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { openWorld, TOKEN } from './support/gateway.ts';

describe('stopping the gateway', () => {
  test('waits for no sender that keeps its connection, or never ends its request', async () => {
    const world = await openWorld();
    const port = Number(new URL(world.address).port);
    const kept = connect(port, '127.0.0.1');
    kept.write('GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: keep-alive\r\n\r\n');
    await once(kept, 'data');
    kept.resume();
    const dribbling = connect(port, '127.0.0.1');
    const head = `host: x\r\nauthorization: Bearer ${TOKEN}\r\ncontent-type: application/json`;
    dribbling.write(
      `POST /api/v2/alerts HTTP/1.1\r\n${head}\r\ncontent-length: 100\r\nexpect: 100-continue\r\n\r\n`,
    );
    await once(dribbling, 'data'); // it is being waited for
    dribbling.resume();
    const closed = Promise.all([once(kept, 'close'), once(dribbling, 'close')]);

    const begun = performance.now();
    await world.stop();

    expect(performance.now() - begun).toBeLessThan(20_000);
    await closed;
  });
});
