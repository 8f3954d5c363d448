import type { Client } from '@temporalio/client';
import { describe, expect } from 'vitest';
import { driverFor } from '../../src/activities/runtime/driver-for.ts';
import { reportFigures } from '../../src/cli/serve/report-figures.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { readEndingStop, readStopped, writeEndingStop } from '../../src/state/stopped.ts';
import { test } from '../support/client.ts';

const STOP = 'stop-application/test/20260105_020000';

describe('an application that was asked to end on purpose, and had not', () => {
  test('is on record when it has, and alerts are held back from then on', async ({
    target,
    client,
  }) => {
    const lives = { ...target.runtime, command: ['sleep', '300'] } as SqliteTarget['runtime'];
    const served = { ...target, runtime: lives };
    const hold = { until: new Date(Date.now() + 3.6e6).toISOString(), why: 'a move', tell: 'Up?' };
    const record = { by: 'anna', because: 'a move', at: new Date().toISOString(), run: STOP };
    const report = reportFigures(client, 'nobody');
    await driverFor(served).start();
    writeEndingStop(target, { since: record.at, record, hold });

    await report(served, []);
    const whileUp = [readStopped(target), await holdsOf(client, target)];
    await driverFor(served).stop();
    await report(served, []);
    await report(served, []);

    expect(whileUp).toEqual([undefined, []]);
    expect(readStopped(target)).toMatchObject(record);
    expect(readEndingStop(target)).toBeUndefined();
    expect(await holdsOf(client, target)).toEqual([{ ...hold, by: STOP }]);
  });
});

/** No worker serves it: what it was asked stays in its history. */
async function holdsOf(client: Client, { name }: SqliteTarget): Promise<unknown[]> {
  const history = await client.workflow
    .getHandle(`suppression/${name}`)
    .fetchHistory()
    .catch(() => undefined);
  return (history?.events ?? [])
    .map(({ workflowExecutionSignaledEventAttributes: signal }) => signal)
    .filter((signal) => signal?.signalName === 'hold')
    .map((signal) => JSON.parse(Buffer.from(signal!.input!.payloads![0]!.data!).toString()));
}
