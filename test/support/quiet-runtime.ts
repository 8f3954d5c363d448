import { DefaultLogger, Runtime } from '@temporalio/worker';

// Notices are logged as errors: tests read them from the ending instead.
Runtime.install({
  logger: new DefaultLogger('ERROR', ({ message, meta }) => {
    if (meta?.['activityType'] !== 'notices.notify')
      process.stderr.write(`${message} ${meta?.['error'] ?? ''}\n`);
  }),
});
