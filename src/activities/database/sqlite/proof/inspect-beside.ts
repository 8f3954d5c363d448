import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type Inspect, inspect, type Inspection } from './inspect.ts';

const thread = fileURLToPath(new URL(`inspect-thread${extname(import.meta.url)}`, import.meta.url));
/** A thread takes 0.1 s to begin: a smaller file is inspected before that. */
const WORTH_A_THREAD = 32 * 2 ** 20;

export interface Inspecting {
  /** What was found. */
  result(): Promise<Inspection>;
  /** Ends it, when nobody asks any more. */
  close(): Promise<void>;
}

/** Begins to inspect a file. A large one on another core, while the caller does something else with it. */
export function beginInspection(request: Inspect): Inspecting {
  if (request.bytes < WORTH_A_THREAD)
    return { result: async () => inspect(request), close: async () => {} };
  const worker = new Worker(thread, { workerData: request });
  const answer = once(worker, 'message').then(([found]) => found as Inspection);
  // Nobody may ask: then it must not end the process.
  answer.catch(() => {});
  return {
    result: () => answer,
    close: async () => {
      await worker.terminate();
    },
  };
}
