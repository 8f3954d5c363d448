import type { Client } from '@temporalio/client';
import { identityOf } from '../../../client/connection/identity-of.ts';
import type { Target } from '../../../config/schema/target.ts';
import { UsageError } from '../../../config/usage-error.ts';
import {
  forgetTemporal,
  keepFirstTemporal,
  otherTemporal,
  type TemporalIdentity,
} from './temporal-of-target.ts';

/**
 * Two Temporal servers would start each schedule of a target twice, and neither knows whether a run of the other still lives. Error:
 * `UsageError`, which names the other one and what to type. `isOurs`: the server of this process, which ends with it.
 */
export async function expectOwnTemporal(
  client: Client,
  targets: readonly Target[],
  isOurs = false,
): Promise<void> {
  const here = await identityOf(client);
  for (const target of targets) {
    const other = otherTemporal(target, here);
    if (!other) continue;
    const { name } = target;
    throw new UsageError(
      `The runs and schedules of "${name}" are in another Temporal: ${temporalText(other)}, since ${other.since}`,
      `${wayTo(name, other)}; or, to have them in ${temporalText(here)} from now on: ${isOurs ? wayTo(name, here) : `runbook worker ${name}`} --take-over`,
    );
  }
}

/**
 * The same before anything is made there: a target that no Temporal had is this one's from now on. Of two servers that begin at the same moment
 * one is refused, and leaves nothing behind. Error: `UsageError`.
 */
export async function takeForTemporal(
  client: Client,
  targets: readonly Target[],
  isOurs: boolean,
): Promise<void> {
  const here = await identityOf(client);
  const taken = targets.filter((target) => isTaken(target, here));
  try {
    await expectOwnTemporal(client, targets, isOurs);
  } catch (error) {
    for (const target of taken) forgetTemporal(target, here);
    throw error;
  }
}

/** Where nothing can be written, that is told when the worker is entered. */
function isTaken(target: Target, here: TemporalIdentity): boolean {
  try {
    return keepFirstTemporal(target, here);
  } catch {
    return false;
  }
}

/** Such as `namespace "runbooks" of "/home/ops/temporal.db"`. */
export function temporalText({ namespace, address, dataFile }: TemporalIdentity): string {
  return dataFile === undefined
    ? `namespace "${namespace}" at ${address}`
    : `namespace "${namespace}" of "${dataFile}"`;
}

function wayTo(name: string, { address, namespace, dataFile }: TemporalIdentity): string {
  if (dataFile !== undefined) return `runbook dev ${name} --data ${dataFile}`;
  return `TEMPORAL_ADDRESS=${address} TEMPORAL_NAMESPACE=${namespace} runbook worker ${name}`;
}
