import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { describe, expect, inject, vi } from 'vitest';
import { expectFit } from '../../../src/cli/serve/upgrade/expect-fit.ts';
import { bundleBuild } from '../../../src/worker/upgrade/bundle-build.ts';
import { checkUpgrade } from '../../../src/worker/upgrade/check-upgrade.ts';
import { built } from '../../support/built.ts';
import { test } from '../../support/client.ts';
import { openPlays } from '../../support/played.ts';
import '../../support/quiet-runtime.ts';

const program = built('src/worker/upgrade/replay-process.ts');
const never = () => Promise.reject(new Error('Nothing needs it'));

describe('checkUpgrade', () => {
  test('loads no workflows where nothing is open', async ({ client }) => {
    const queue = `nothing-${crypto.randomUUID()}`;

    const found = await checkUpgrade(client, { queue, bundle: never });

    expect(found).toEqual({ replayed: 0, own: 0, misfits: [], lacking: [], unread: [] });
  });

  test('passes over what this very build has decided last, and nothing else', async ({
    client,
    target,
  }) => {
    const native = await NativeConnection.connect({ address: inject('temporal').address });
    const queue = `own-${crypto.randomUUID()}`;
    const plays = openPlays({ client, native, queue, target: target.name });
    const bundle = { code: readFileSync(inject('workflowBundle'), 'utf8') };
    const other = { code: `// another build\n${bundle.code}` };
    const build = await bundleBuild(bundle);
    const worker = await plays.serve(bundle, build);
    const run = await plays.start('health-check', 0.3);
    const how = { queue, passOwn: true, program };
    await vi.waitFor(
      async () => expect((await checkUpgrade(client, { ...how, bundle })).own).toBe(1),
      { timeout: 20_000, interval: 200 },
    );

    const again = await checkUpgrade(client, { ...how, bundle });
    const asked = await checkUpgrade(client, { queue, program, bundle });
    const anew = await checkUpgrade(client, { ...how, bundle: other });
    const none = new Set<string>();
    const lacking = await checkUpgrade(client, { queue, program, bundle, activities: none });
    await worker.stop();
    const next = await plays.serve(other, await bundleBuild(other));
    await client.workflow.getHandle(run).signal('nobody-hears');
    await vi.waitFor(
      async () => expect((await checkUpgrade(client, { ...how, bundle: other })).own).toBe(1),
      { timeout: 20_000, interval: 200 },
    );
    const back = await checkUpgrade(client, { ...how, bundle });
    await client.workflow.getHandle(run).terminate();
    await next.stop();
    await native.close();

    expect(back).toMatchObject({ own: 0, replayed: 1, misfits: [], unread: [] });
    expect(again).toMatchObject({ build, own: 1, replayed: 0 });
    expect(asked).toMatchObject({ build, own: 0, replayed: 1, misfits: [], unread: [] });
    expect(anew).toMatchObject({ own: 0, replayed: 1, misfits: [], unread: [] });
    expect(lacking.lacking).toContainEqual({
      run,
      activity: 'health.sample',
      pending: true,
      fits: build,
    });
  });

  test('tells of a history that could not be replayed that it could not, and goes on with the others', async ({
    client,
    target,
  }) => {
    const native = await NativeConnection.connect({ address: inject('temporal').address });
    const queue = `broken-${crypto.randomUUID()}`;
    const plays = openPlays({ client, native, queue, target: target.name });
    const worker = await plays.serve({ codePath: inject('workflowBundle') });
    const runs = [await plays.start('health-check', 0.3), await plays.start('daily-backup', 0.2)];
    await vi.waitFor(() => expect(plays.behind()).toEqual([]), { timeout: 20_000, interval: 100 });
    await vi.waitFor(
      async () => {
        const query = `ExecutionStatus = 'Running' AND TaskQueue = '${queue}'`;
        expect((await client.workflow.count(query)).count).toBe(2);
      },
      { timeout: 20_000, interval: 200 },
    );

    const found = await checkUpgrade(client, { queue, program, bundle: { code: 'no JavaScript' } });
    for (const run of runs) await client.workflow.getHandle(run).terminate();
    await worker.stop();
    await native.close();

    expect(found).toMatchObject({ replayed: 0, misfits: [] });
    expect(found.unread.map(({ run }) => run).toSorted()).toEqual(runs.toSorted());
    expect(found.unread[0]!.why).toMatch(/^Cannot replay: .*Workflow Bundle/);
  });
});

describe('expectFit', () => {
  test('keeps nobody from serving whose Temporal does not answer', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const connection = Connection.lazy({ address: `127.0.0.1:${port}` });
    const client = new Client({ connection });
    const begun = performance.now();

    await expectFit(client, { bundle: never, force: false, limit: 500 });

    expect(performance.now() - begun).toBeLessThan(5000);
    await connection.close();
    silent.close();
  });
});
