import { Client, Connection } from '@temporalio/client';
import { describe, expect, inject } from 'vitest';
import { connectLazily } from '../../../src/client/connection/connect-lazily.ts';
import { connect } from '../../../src/client/connection/connect.ts';
import { test } from '../../support/run.ts';

describe('the history of a run that was told much', () => {
  test('is read in pages larger than gRPC takes by itself', async ({ runs }) => {
    const { address, namespace } = inject('temporal');
    const id = `long/${crypto.randomUUID()}`;
    const long = await runs.client.workflow.start('lying', { workflowId: id, taskQueue: 'nobody' });
    for (let index = 0; index < 6; index += 1) await long.signal('told', 'x'.repeat(900_000));
    Object.assign(process.env, { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace });
    const lazy = connectLazily();
    const eager = await connect();
    const plain = new Client({ connection: await Connection.connect({ address }), namespace });
    try {
      for (const client of [lazy, eager]) {
        const { events } = await client.workflow.getHandle(id).fetchHistory();
        expect(events!.length).toBeGreaterThan(6);
      }
      // The control: as the SDK has it.
      await expect(plain.workflow.getHandle(id).fetchHistory()).rejects.toThrow(
        /larger than max|RESOURCE_EXHAUSTED/,
      );
    } finally {
      await long.terminate('a test');
      for (const { connection } of [lazy, eager, plain]) await connection.close();
    }
  });
});
