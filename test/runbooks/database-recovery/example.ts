import type { Example } from '../../faults/example.ts';

export const example: Example = {
  input: ({ backup }) => ({ backup }),
  calls: [
    'database.stage',
    'runtime.stop',
    'database.keep',
    'database.swap',
    'redis.clearPrefix',
    'runtime.start',
    'backups.adoptKept',
  ],
  undone: {
    by: 'app.prove',
    calls: [
      'runtime.stop',
      'database.putBack',
      'database.unkeep',
      'runtime.start',
      'database.unstage',
    ],
  },
  sample: {
    'done twice': 'database.swap',
    'timed out while it works': 'database.swap',
    'terminated while it works': 'database.swap',
    'worker killed': 'database.keep',
  },
  database: 'restored',
};
