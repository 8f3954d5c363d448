/**
 * A worker's process with a job under way. Usage: doomed-pool.ts <job process> <target, as JSON>. It says when it has given the job.
 */
import type { Target } from '../../../src/config/schema/target.ts';
import { openProcessPool } from '../../../src/worker-process/process-pool.ts';

const [, , file, target] = process.argv as [string, string, string, string];
const job = { target: JSON.parse(target) as Target, run: 'a run', activity: 'http.isReady' };
void openProcessPool(file).do({ ...job, args: [], deadline: Date.now() + 60_000 });
process.send!('given');
