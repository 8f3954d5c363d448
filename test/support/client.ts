import { Client, Connection } from '@temporalio/client';
import { inject } from 'vitest';
import { test as base } from './target.ts';

/** A target, and a client of the tests' Temporal server without a worker. */
export const test = base.extend<{ client: Client }>({
  client: async ({}, use) => {
    const { address, namespace } = inject('temporal');
    const connection = await Connection.connect({ address });
    await use(new Client({ connection, namespace }));
    await connection.close();
  },
});
