import { type Attempted, attempted } from './attempted.ts';

/** They come from a configuration that is spoilt or missing, which a recovery may bring back. */
const OF_CONFIGURATION = ['CommandFailed', 'ComposeFileMissing', 'ServiceUnknown'];

/**
 * What runs before a recovery. What cannot be described for want of a configuration is a finding: its reason. Errors: those that
 * only people or time can put right, such as `DockerUnreachable`.
 */
export async function described<Result>(reading: Promise<Result>): Promise<Attempted<Result>> {
  const answer = await attempted(reading);
  if (answer.reason && !OF_CONFIGURATION.includes(answer.reason.type)) await reading;
  return answer;
}
