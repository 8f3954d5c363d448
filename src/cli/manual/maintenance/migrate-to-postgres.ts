import { isSqlite } from '../../../config/schema/target.ts';
import type { Page } from '../page.ts';

/** What a person can do alone is to go back to the file of before, and only while nothing was written to PostgreSQL. */
export const migrateToPostgres: Page = {
  instead: (target) => {
    const file = isSqlite(target) ? target.database.file : 'the database of SQLite';
    return [
      'Do not migrate by hand: what copies between the two loses values without a word, and only a comparison of each value shows it.',
      `When a migration was cut off and no worker is to be had, look first which database serves: "${target.state}/migrated.json" names what SQLite had (kept), and the line of the environment file of before (before).`,
      `If nothing was written to PostgreSQL since, stop the application, move that file to "${file}", give it its permissions back, put the line of before back, remove migrated.json, and start the application.`,
      'If rows were written, leave it on PostgreSQL: a worker brings them back with phase go-back.',
    ].join(' ');
  },
};
