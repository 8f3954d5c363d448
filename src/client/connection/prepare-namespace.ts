import type { Client, Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { searchAttributes } from '../../engine/run/search-attributes.ts';

const RETENTION_DAYS = 90;

export interface Prepared {
  /** False when our search attributes are missing and may not be added here: runs go on without them. */
  readonly searchAttributes: boolean;
  /** What could not be done, as text. */
  readonly findings: readonly string[];
}

/**
 * Makes a namespace fit for runbooks: closed runs are kept 90 days, and can be found by our search attributes.
 * Missing rights (as on Temporal Cloud) are findings, not failures.
 */
export async function prepareNamespace({ connection, options }: Client): Promise<Prepared> {
  const { namespace } = options;
  const findings: string[] = [];
  const attempt = async (what: string, action: () => Promise<unknown>): Promise<boolean> => {
    try {
      await action();
      return true;
    } catch (error) {
      findings.push(`Cannot ${what} in namespace "${namespace}": ${(error as Error).message}`);
      return false;
    }
  };
  await attempt('keep closed runs for 90 days', () =>
    raiseRetention(connection as Connection, namespace),
  );
  const complete = await attempt('add search attributes', () =>
    addSearchAttributes(connection as Connection, namespace),
  );
  return { searchAttributes: complete, findings };
}

async function raiseRetention({ workflowService }: Connection, namespace: string): Promise<void> {
  const { config } = await workflowService.describeNamespace({ namespace });
  const seconds = RETENTION_DAYS * 86_400;
  if (Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) >= seconds) return;
  await workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: { seconds: seconds as never } },
  });
}

async function addSearchAttributes(
  { operatorService }: Connection,
  namespace: string,
): Promise<void> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const missing = Object.values(searchAttributes).filter(({ name }) => !customAttributes?.[name]);
  if (missing.length === 0) return;
  const { INDEXED_VALUE_TYPE_KEYWORD } = proto.temporal.api.enums.v1.IndexedValueType;
  await operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(
      missing.map(({ name }) => [name, INDEXED_VALUE_TYPE_KEYWORD]),
    ),
  });
}
