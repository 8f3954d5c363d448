import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { RUNBOOKS_QUEUE } from '../../../src/config/queues.ts';
import { checkUpgrade } from '../../../src/worker/upgrade/check-upgrade.ts';
import { makeNamespace } from '../../cli/support/served.ts';
import { built } from '../../support/built.ts';
import { changed } from '../../support/changed.ts';
import { openPlays, playable } from '../../support/played.ts';
import '../../support/quiet-runtime.ts';

const NAMESPACE = 'upgrade-hundred';
const MANY = 100;
/** What another version calls otherwise. */
const RENAMED = ['database.swap', 'backups.snapshot', 'http.isReady'];
const OLD = '0.0.9+0123456789';

let client: Client;
let native: NativeConnection;
let plays: ReturnType<typeof openPlays>;
beforeAll(async () => {
  const { address } = inject('temporal');
  const connection = await Connection.connect({ address });
  client = new Client({ connection, namespace: NAMESPACE });
  native = await NativeConnection.connect({ address });
  await makeNamespace(client);
});
afterAll(async () => {
  await plays.close();
  await native.close();
  await client.connection.close();
});

describe('an upgrade under 100 open runs', () => {
  test('leaves those standing still that the check has named, and no other; the old version carries all of them on', async () => {
    const code = readFileSync(inject('workflowBundle'), 'utf8');
    const planted = {
      code: RENAMED.reduce((before, name) => changed(before, name, `${name}Anew`), code),
    };
    plays = openPlays({ client, native, queue: RUNBOOKS_QUEUE, target: 'many' });
    const runbooks = playable();
    expect(runbooks.length).toBeGreaterThan(25);
    let old = await plays.serve({ code }, OLD);
    const runs: string[] = [];
    for (let index = 0; index < MANY; index += 1)
      runs.push(await plays.start(runbooks[index % runbooks.length]!, ((index * 7) % 19) / 20));
    await vi.waitFor(async () => expect(await open()).toHaveLength(MANY), wait(60_000));
    await vi.waitFor(() => expect(plays.behind()).toEqual([]), wait(60_000));
    await old.stop();

    const begun = performance.now();
    const found = await checkUpgrade(client, {
      bundle: planted,
      program: built('src/worker/upgrade/replay-process.ts'),
    });
    const taken = performance.now() - begun;

    const named = found.misfits.map(({ run }) => run).toSorted();
    console.log(`${named.length} of ${found.replayed} named in ${Math.round(taken)} ms`);
    expect(found.replayed).toBe(MANY);
    expect(found.unread).toEqual([]);
    expect(taken).toBeLessThan(30_000);
    expect(named.length).toBeGreaterThan(20);
    expect(named.length).toBeLessThan(MANY / 2);
    expect(found.misfits.every(({ fits }) => fits === OLD)).toBe(true);

    plays.letGo();
    const another = await plays.serve(planted, '0.2.0+abcdef0123');
    await vi.waitFor(async () => expect(await open()).toEqual(named), wait(120_000));
    // And so it stays.
    await sleep(20_000);
    expect(await open()).toEqual(named);
    await another.stop();

    old = await plays.serve({ code }, OLD);
    const back = performance.now();
    await Promise.all(named.map((run) => client.workflow.getHandle(run).result()));
    const again = performance.now() - back;
    console.log(`Carried on by the old version within ${Math.round(again)} ms`);
    await old.stop();
    // Temporal's server itself pauses for up to 10 s between the tries of a task that fails.
    expect(again).toBeLessThan(30_000);
    const ends = await Promise.all(
      runs.map(async (run) => {
        const { status } = await client.workflow.getHandle(run).describe();
        return `${run} ${status.name}`;
      }),
    );
    expect(ends.filter((end) => !end.endsWith('COMPLETED'))).toEqual([]);
  });
});

async function open(): Promise<string[]> {
  const found: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query: "ExecutionStatus = 'Running'" }))
    found.push(workflowId);
  return found.toSorted();
}

function wait(timeout: number) {
  return { timeout, interval: 500 };
}
