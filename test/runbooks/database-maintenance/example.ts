import { makeWasteful, pragmaOf } from '../../activities/database/support/wasteful.ts';
import type { Example } from '../../faults/example.ts';

/** A database of which so much is free that a compact copy is worth its downtime. */
export const example: Example = {
  input: () => ({ downtime: true }),
  async prepare({ database }) {
    makeWasteful(database.file, { pages: 500 });
  },
  calls: [
    'database.analyse',
    'database.checkpoint',
    'runtime.stop',
    'database.compact',
    'runtime.start',
    'database.dropKept',
  ],
  undone: { by: 'database.compact', calls: ['database.uncompact', 'runtime.start'] },
  sample: { 'failed after its effect': 'database.compact' },
  database: 'kept',
  // Its application goes on to write, and frees a page now and then.
  made: ({ database }) => Number(pragmaOf(database.file, 'freelist_count')) < 100,
};
