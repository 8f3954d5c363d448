/** A job process whose jobs leave no time for anything else, as a long statement of SQLite does. */
import { serveJobs } from '../../../src/worker-process/serve-jobs.ts';

serveJobs();
process.on('message', () => {
  for (;;);
});
