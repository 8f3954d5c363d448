import type { Client, Connection } from '@temporalio/client';
import { knownDoor } from '../../door/known-door.ts';

/** Which namespace of which server a client talks to, by what the server says. `dataFile`: of a server of our own on this machine. */
export async function identityOf({ connection, options: { namespace } }: Client): Promise<{
  readonly namespaceId: string;
  readonly namespace: string;
  readonly address: string;
  readonly dataFile?: string;
}> {
  const { workflowService, options } = connection as Connection;
  const { namespaceInfo } = await workflowService.describeNamespace({ namespace });
  const { address } = options;
  const dataFile = knownDoor(address)?.dataFile;
  return {
    namespaceId: namespaceInfo?.id ?? '',
    namespace,
    address,
    ...(dataFile && { dataFile }),
  };
}
