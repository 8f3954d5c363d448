import { runbookDocs } from './runbook-docs.ts';
import { withTable } from './with-table.ts';

/** README with the table of all runbooks in its place. */
export function withRunbookTable(readme: string): string {
  const rows = runbookDocs().map(({ facts }) => [`\`${facts.name}\``, facts.family, facts.purpose]);
  return withTable(readme, 'Runbooks', [['runbook', 'family', 'what it does'], ...rows]);
}
