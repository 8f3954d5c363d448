import { Command } from 'commander';
import { oneOf } from '../../input/one-of.ts';
import { isPostgres } from '../../../config/schema/target.ts';
import { UsageError } from '../../../config/usage-error.ts';

export interface DbOptions {
  readonly output?: string;
  readonly by?: string;
  readonly json?: boolean;
}

const looks = ['tables', 'schema', 'counts', 'export', 'shell', 'growth'] as const;

const AFTER_HELP = `
What can be looked at:
  tables                       tables and views, with their columns
  schema [table]               the statements that made them
  counts                       rows and bytes of each table, as of one moment
  export <table> --output <f>  a table or view as CSV, as of one moment
  shell                        the sqlite3 program, which cannot write. It is audited. Not on a server
  growth [table] --output <d>  plans for people, on a server: PgBouncer, a replica, and the partitions of a table

Nothing is changed, and nobody has to wait: counts and export read a copy of the
database, for which the state directory needs the room; a server is asked itself. In CSV, NULL is nothing, an
empty text is "", a BLOB its hex digits. A file that is there is never overwritten.

The shell takes statements that read, and of its commands those that write no file, run no
program and open nothing else, written in full: .tables, .schema, .mode, .dump and others.
Not possible: .output, .once, .trace, .import, .read, .save, .open, zipfile tables and the
like. For a file, give it its input and take its output, as below, or use export.

Examples:
  runbook target db ahgd counts
  runbook target db ahgd export indicators --output /tmp/indicators.csv
  echo '.schema' | runbook target db ahgd shell
  runbook target db ahgd shell < questions.sql > answers.txt`;

export const db = () =>
  new Command('db')
    .description("Look into a target's database, without changing it")
    .argument('<target>', 'the target')
    .argument('<look>', looks.join(', '))
    .argument('[table]', 'a table or a view')
    .option('--output <path>', 'where export writes its file to, and growth its files')
    .option('--by <column>', 'the date by which growth cuts a table into partitions')
    .option('--json', 'print one JSON value')
    .addHelpText('after', AFTER_HELP)
    .action(async (name: string, word: string, table: string | undefined, options: DbOptions) => {
      const { targetFor } = await import('../../input/target-for.ts');
      const { expectHere } = await import('../../local/beside-target.ts');
      const { orTellWhy } = await import('../../local/or-tell-why.ts');
      const look = oneOf('look', word, looks, HELP);
      expectFitting(look, table, options);
      const target = targetFor(name);
      expectHere(target);
      await orTellWhy(target, async () => {
        if (isPostgres(target)) {
          const { exportFromServer, showOnServer } = await import('./db/on-server.ts');
          if (look === 'shell')
            throw new UsageError(
              'This shell is for a database that is a file: it could not keep psql from writing',
              'psql with a role that may only read, or runbook target db <target> tables',
            );
          if (look === 'growth') {
            const { writeGrowth } = await import('./db/growth.ts');
            await writeGrowth(target, table, options);
          } else if (look === 'export') await exportFromServer(target, table!, options);
          else await showOnServer(target, look, table, options);
        } else if (look === 'growth')
          throw new UsageError(
            'A database that is a file has one writer, and no way to grow: migrate-to-postgres comes first',
            'runbook plan migrate-to-postgres',
          );
        else if (look === 'shell') {
          const { openShell } = await import('./db/shell/open-shell.ts');
          await openShell(target);
        } else if (look === 'export') {
          const { exportTable } = await import('./db/export.ts');
          await exportTable(target, table!, options);
        } else {
          const { showTables, showSchema, showCounts } = await import('./db/show.ts');
          if (look === 'tables') await showTables(target, options);
          else if (look === 'schema') await showSchema(target, table, options);
          else await showCounts(target, options);
        }
      });
    });

const HELP = 'runbook target db --help';

function expectFitting(
  look: (typeof looks)[number],
  table: string | undefined,
  { output, by, json }: DbOptions,
): void {
  if (look === 'export' && table === undefined)
    throw new UsageError('Missing the table that is to be exported', HELP);
  const writes = look === 'export' || look === 'growth';
  if (writes && output === undefined)
    throw new UsageError('Missing --output <path>: where to write it', HELP);
  if (!writes && output !== undefined)
    throw new UsageError(`"${look}" writes no file: --output is for export and growth`, HELP);
  if (by !== undefined && (look !== 'growth' || table === undefined))
    throw new UsageError('--by is for the growth of a table', HELP);
  if (!writes && look !== 'schema' && table !== undefined)
    throw new UsageError(`"${look}" is of the whole database: there is no table to be named`, HELP);
  if (look === 'shell' && json) throw new UsageError('A shell has no --json', HELP);
}
