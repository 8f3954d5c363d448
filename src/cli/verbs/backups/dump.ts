import { basename, resolve } from 'node:path';
import { Command } from 'commander';
import { countText } from '../../../config/text/count-text.ts';
import { UsageError } from '../../../config/usage-error.ts';
import { exitCodes } from '../../output/exit-code.ts';
import { print, printJson, say } from '../../output/say.ts';
import { sizeText } from '../../../config/text/size-text.ts';

interface Options {
  readonly target?: string;
  readonly output?: string;
  readonly json?: boolean;
}

export const dump = () =>
  new Command('dump')
    .description('Write the database as SQL text, and prove it by loading it')
    .option('--output <file>', 'where to (default: <database>_<time>.sql beside the backups)')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nIt is for people and other programs: recoveries use backups.' +
        '\nTo load it: sqlite3 new.db < dump.sql' +
        '\n\nExample: runbook backups dump --output /backups/20260105.sql',
    )
    .action(async (options: Options) => {
      const { stampOf } = await import('../../../config/time/stamp.ts');
      const { dumpSnapshot } = await import('../../../activities/backups/reading/dump.ts');
      const { expectHere } = await import('../../local/beside-target.ts');
      const { targetFor } = await import('../../input/target-for.ts');
      const { withSnapshot } = await import('../../local/rows/with-snapshot.ts');
      const { expectSqlite } = await import('../../../activities/database/expect-engine.ts');
      const target = expectSqlite(targetFor(options.target), 'A dump as SQL text');
      expectHere(target);
      const name = `${basename(target.database.file, '.db')}_${stampOf(new Date())}.sql`;
      const { keyTable, extensions } = target.database;
      try {
        const made = await withSnapshot(target, (snapshot, scratch, inBackups) => {
          const output = options.output === undefined ? inBackups(name) : resolve(options.output);
          return dumpSnapshot(keyTable, snapshot, output, scratch, { extensions });
        });
        if (options.json) return printJson(made);
        const { file, bytes, rows, tables, checks, loadedBy, needs } = made;
        print(file);
        say(
          `${sizeText(bytes)}, ${countText(tables, 'table')}, ${countText(rows, 'row')} in ${keyTable}; passed ${checks.join(', ')}; loaded by ${loadedBy}`,
        );
        if (needs.length > 0)
          say(`A sqlite3 program of 3.41 or later loads it after: ${needs.join(', ')}`);
      } catch (error) {
        const { message, type } = error as Error & { type?: string };
        if (type === 'InvalidInput') throw new UsageError(message, '--output <another file>');
        say(`Error: ${message}`);
        process.exitCode = exitCodes.failed;
      }
    });
