import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { WorkerProcessConfig } from '../../support/worker-process.ts';
import { startWorkerProcess } from '../survive-kill.ts';

export interface DoomedWorker {
  /** Every kill so far, in ms since 1970. */
  readonly kills: readonly number[];
  /** Kills the process with -9 as soon as it polls. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** A worker's process under a supervisor: whenever and however it ends, it is started again, as systemd would. */
export async function openDoomedWorker(config: WorkerProcessConfig): Promise<DoomedWorker> {
  const kills: number[] = [];
  const closing = new AbortController();
  let worker: ChildProcess | undefined;
  let polling = Promise.withResolvers<void>();

  const supervised = (async () => {
    while (!closing.signal.aborted) {
      // It ends at once while its server is down.
      worker = await startWorkerProcess(config).catch(() => undefined);
      if (!worker) continue;
      const exited = once(worker, 'exit');
      polling.resolve();
      if (closing.signal.aborted) worker.kill('SIGKILL');
      await exited;
      polling = Promise.withResolvers();
    }
  })();
  await polling.promise;

  return {
    kills,
    async kill() {
      await polling.promise;
      kills.push(Date.now());
      worker!.kill('SIGKILL');
    },
    async close() {
      closing.abort();
      worker?.kill('SIGKILL');
      await supervised;
    },
  };
}
