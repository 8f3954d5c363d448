import type { Client } from '@temporalio/client';

/** Connects, does the work, and closes the connection whatever happens. */
export async function withClient<Result>(
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const { connect } = await import('../../client/connection/connect.ts');
  const { unreachableErrorOf } = await import('../../client/connection/unreachable-error-of.ts');
  const client = await connect();
  try {
    return await work(client);
  } catch (error) {
    throw unreachableErrorOf(error, client) ?? error;
  } finally {
    await client.connection.close();
  }
}
