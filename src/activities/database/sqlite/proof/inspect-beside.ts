import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { SqliteExtension } from '../../../../config/schema/database.ts';
import { besideWith } from '../extensions/beside-with.ts';
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
export function beginInspection(
  request: Inspect,
  extensions: readonly SqliteExtension[] = [],
): Inspecting {
  if (extensions.length > 0) return inspectWith(request, extensions);
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

/** By a process that loads what its schema needs; where that is not to be had, without, and that is told. */
function inspectWith(request: Inspect, extensions: readonly SqliteExtension[]): Inspecting {
  const ending = new AbortController();
  const answer = inspectedWith();
  answer.catch(() => {});
  return {
    result: () => answer,
    close: async () => {
      ending.abort();
      await answer.catch(() => {});
    },
  };

  async function inspectedWith(): Promise<Inspection> {
    const asked = { task: 'inspect', request, extensions } as const;
    const { result, trouble } = await besideWith<Inspection>(asked, ending.signal);
    if (result && !result.unproven) return result;
    const without = inspect(request);
    // What their own version of a function makes of an index proves nothing: what SQLite knows by itself does.
    if (result) return without.trouble?.kind === 'finding' ? without : result;
    if (without.trouble) return without;
    const told = { check: 'database.extensions', why: trouble };
    return { ...without, unproven: [...(without.unproven ?? []), told] };
  }
}
