import type { FailureType } from '../../config/failure-types.ts';
import { type Attempted, attempted } from './attempted.ts';

/** They come from a configuration that is spoilt or missing, which a recovery may bring back. */
const OF_CONFIGURATION: ReadonlySet<string> = new Set([
  'CommandFailed',
  'ComposeFileMissing',
  'ServiceUnknown',
] satisfies FailureType[]);

/** Whether only another configuration helps against a failure of this type. */
export function isOfConfiguration(type: string): boolean {
  return OF_CONFIGURATION.has(type);
}

/**
 * What runs before a recovery. What cannot be described for want of a configuration is a finding: its reason. Errors: those that
 * only people or time can put right, such as `DockerUnreachable`.
 */
export async function described<Result>(reading: Promise<Result>): Promise<Attempted<Result>> {
  const answer = await attempted(reading);
  if (answer.reason && !isOfConfiguration(answer.reason.type)) await reading;
  return answer;
}
