import { join, resolve } from 'node:path';
import { environment } from '../../../config/environment.ts';
import type { Target } from '../../../config/schema/target.ts';
import { UsageError } from '../../../config/usage-error.ts';
import type { Shown } from '../../../gateway/intake/gateway.ts';
import { readSources, type Source } from '../../../gateway/intake/sources.ts';

/**
 * The workers on other hosts that may tell how their targets are, and all targets that are shown: what such a worker tells counts
 * more than what lies on this host. Error: `UsageError`.
 */
export function toldFromElsewhere(targets: readonly Target[]): {
  readonly senders: readonly Source[];
  readonly shown: readonly Shown[];
} {
  const { gatewayState } = environment();
  const senders = readSenders();
  if (senders.length > 0 && gatewayState === undefined)
    throw new UsageError(
      'Cannot keep what RUNBOOK_GATEWAY_SENDERS tell: RUNBOOK_GATEWAY_STATE is not set',
      'export RUNBOOK_GATEWAY_STATE=/var/lib/runbook-gateway, a directory of the gateway alone',
    );
  const told = senders.map(({ name }) => ({ name, state: join(resolve(gatewayState!), name) }));
  const here = targets.filter(({ name }) => told.every((other) => other.name !== name));
  return { senders, shown: [...here, ...told] };
}

/** Error: `UsageError`. */
export function readSenders(): readonly Source[] {
  return readSources(environment().gatewaySenders, 'RUNBOOK_GATEWAY_SENDERS');
}
