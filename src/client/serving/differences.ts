import { fingerprintOf } from '../../config/fingerprint.ts';
import type { Target } from '../../config/schema/target.ts';
import type { ServingWorker } from '../../config/serving.ts';
import { version } from '../../config/version.ts';

/** In what a worker serves a target otherwise than its file here says, as a sentence. Undefined: in nothing. */
export function differenceFrom(target: Target, worker: ServingWorker): string | undefined {
  const { pid, hostname, policy, since, state, trouble } = worker;
  const own = fingerprintOf(target);
  const who = `process ${pid} on host "${hostname}"`;
  if (trouble !== undefined)
    return `"${target.name}" is served by policy ${policy}, not by its file: ${trouble} (${who})`;
  if (policy === own) return undefined;
  if (state !== target.state)
    return `"${target.name}" is served from "${state}" (${who}), and its file here says "${target.state}": what is there is not what runs act on`;
  if (worker.version !== version)
    return `"${target.name}" is served by version ${worker.version} (${who}), and this is ${version}: they may read its file differently`;
  return `"${target.name}" is served by policy ${policy} since ${since} (${who}), and its file here is ${own}: what is shown here may not be what runs do`;
}
