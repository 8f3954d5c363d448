/**
 * The process in which activities touch a target. It does one job at a time, and whoever started it may
 * kill it at any moment. An acting job holds the claim's write lock in here, where the writing is done,
 * so the lock lasts exactly as long as the work, even when the worker that asked for it has died.
 *
 * Usage: job-process.ts [directory of the compile cache]
 */
import { enableCompileCache, flushCompileCache } from 'node:module';

const [, , compileCache] = process.argv;
if (compileCache !== undefined) enableCompileCache(compileCache);
const { serveJobs } = await import('./serve-jobs.ts');
serveJobs();
// Node writes the cache at an orderly end, which this process never has. What is there already is not written again.
flushCompileCache();
