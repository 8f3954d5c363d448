import { existsSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  exportCsv,
  serverCounts,
  serverRelations,
  serverSchema,
} from '../../../../activities/database/postgres/look/relations.ts';
import type { PostgresTarget } from '../../../../config/schema/target.ts';
import { countText } from '../../../../config/text/count-text.ts';
import { plainLine, plainText } from '../../../../config/text/plain-text.ts';
import { UsageError } from '../../../../config/usage-error.ts';
import { columns } from '../../../../report/columns.ts';
import { print, printJson, say } from '../../../output/say.ts';
import { sizeText } from '../../../../config/text/size-text.ts';
import type { DbOptions } from '../db.ts';
import { relationNamed } from './relation-named.ts';

/** Nobody reads a longer name in a column. */
const MOST = 200;

/** `tables`, `schema` and `counts` of a database on a server. */
export async function showOnServer(
  target: PostgresTarget,
  look: 'tables' | 'schema' | 'counts',
  table: string | undefined,
  { json }: DbOptions,
): Promise<void> {
  if (look === 'counts') {
    const counts = await serverCounts(target);
    if (json) return printJson(counts);
    const rows = counts.map(({ name, rows: count, bytes }) => [
      plainLine(name, MOST),
      countText(count, 'row'),
      sizeText(bytes),
    ]);
    return print(columns(rows).join('\n'));
  }
  const all = await serverRelations(target);
  if (look === 'schema') {
    const text = await serverSchema(
      target,
      table === undefined ? undefined : relationNamed(all, table),
    );
    return json ? printJson({ sql: text }) : print(plainText(text));
  }
  if (json)
    return printJson(all.map(({ name, type, columns: of }) => ({ name, type, columns: of })));
  if (all.length === 0) return say('It has no tables');
  const rows = all.map(({ name, type, columns: of }) => [
    plainLine(name, MOST),
    type,
    plainLine(of.join(', '), MOST),
  ]);
  print(columns(rows).join('\n'));
}

/** Writes a table or view as CSV, as of one moment. What was begun and failed is taken away. */
export async function exportFromServer(
  target: PostgresTarget,
  table: string,
  { output, json }: DbOptions,
): Promise<void> {
  const file = resolve(output!);
  const relation = relationNamed(await serverRelations(target), table);
  if (existsSync(file))
    throw new UsageError(`"${file}" is there already`, '--output <another file>');
  try {
    const written = await exportCsv(target, relation, file);
    if (json) return printJson({ file, table: relation.name, ...written });
    print(file);
    say(`${sizeText(written.bytes)}, ${countText(written.rows, 'row')}`);
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') rmSync(file, { force: true });
    throw error;
  }
}
