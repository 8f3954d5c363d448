import { markdownTable } from '../support/markdown-table.ts';
import { runbookDocs } from './runbook-docs.ts';

const HEADING = '## Runbooks\n\n';

/** README with the table of all runbooks in its place. */
export function withRunbookTable(readme: string): string {
  const start = readme.indexOf(HEADING) + HEADING.length;
  const end = readme.indexOf('\n\n', start);
  if (start < HEADING.length || end < 0) throw new Error(`Cannot find "${HEADING.trim()}"`);
  const rows = runbookDocs().map(({ facts }) => [`\`${facts.name}\``, facts.family, facts.purpose]);
  const table = markdownTable([['runbook', 'family', 'what it does'], ...rows]);
  return readme.slice(0, start) + table + readme.slice(end);
}
