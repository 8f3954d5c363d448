import type { Client } from '@temporalio/client';
import type { Target } from '../../config/schema/target.ts';
import { reportOwn, reportOwnOver } from './own-incident.ts';

/** Opens an incident: the target is not served as its file says. Nobody is woken for it. */
export function reportTrouble(client: Client, target: Target, why: string): Promise<void> {
  return reportOwn(client, target, { ...kindOf(target), details: why });
}

export function reportTroubleOver(client: Client, target: Target): Promise<void> {
  return reportOwnOver(client, target, kindOf(target));
}

function kindOf({ name }: Target) {
  const title = `"${name}" is not served as its file says`;
  return { fingerprint: 'policy', severity: 'sev4', title } as const;
}
