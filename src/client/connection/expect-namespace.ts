import type { Client, Connection } from '@temporalio/client';

/** Asks for the namespace before a worker does: the worker would try for minutes. */
export async function expectNamespace({ connection, options }: Client): Promise<void> {
  const { workflowService } = connection as Connection;
  await workflowService.describeNamespace({ namespace: options.namespace });
}
