/** The thread in which a large file is inspected, beside the one that hashes it. */
import { parentPort, workerData } from 'node:worker_threads';
import { inspect, type Inspect } from './inspect.ts';

parentPort!.postMessage(inspect(workerData as Inspect), []);
