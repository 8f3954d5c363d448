/**
 * A thread of a job process that ends it, and the commands that it runs, when its worker has died: also while a job keeps the process itself busy,
 * as SQLite does for minutes where it makes a large file smaller. `workerData`: the pid of the worker.
 */
import { workerData } from 'node:worker_threads';

/** In ms. Whoever goes on in its place waits for the lock as long at most. */
const INTERVAL = 500;

setInterval(() => {
  if (process.ppid !== workerData) process.kill(-process.pid, 'SIGKILL');
}, INTERVAL);
