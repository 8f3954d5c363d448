/** Writes what the documentation says of the runbooks, from the catalogue, and of targets, from their schema: `npm run docs`. test/docs.test.ts compares. */
import { readFileSync, writeFileSync } from 'node:fs';
import { withRunbookTable } from './readme-table.ts';
import { runbooksPage } from './runbooks-page.ts';
import { targetSchemaText } from './target-schema.ts';

writeFileSync('README.md', withRunbookTable(readFileSync('README.md', 'utf8')));
writeFileSync('docs/runbooks.md', runbooksPage());
writeFileSync('docs/target.schema.json', targetSchemaText());
