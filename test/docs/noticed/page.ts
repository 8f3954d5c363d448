import { markdownTable } from '../../support/markdown-table.ts';
import type { Row } from './fault.ts';

const HEAD = `# Who notices: the manuals' commands beside ours

Each fault was arranged with real parts (processes, files, disks, Redis, certificates), the manuals' own commands were run on it, and ours,
first while all was well and then with the fault. \`A\` is the manual of \`targets/ahgd.yaml\`, \`B\` that of \`targets/analytics-hub.yaml\`; their hosts,
paths and ports were replaced by those of the test, and nothing else. Nobody typed this table:

\`\`\`
RUNBOOK_TESTS=full RUNBOOK_WRITE_NOTICED=1 npx vitest run test/docs/noticed.full
\`\`\`

**yes**: it complains, or fails where it did not. **hangs**: it did not end within 15 s. **says ✅**: it tells that all is well. **shown**: it prints
something else than when all is well, and people have to know what is usual. **no**: it prints the same as when all is well. Not in the table, because
it was not run here: what needs the manuals' containers (\`docker stats\`, \`docker-compose ps\`), and a real Streamlit page.
`;

/** The whole page. */
export function noticedPage(rows: readonly Row[]): string {
  const faults = [...new Set(rows.map(({ fault }) => fault))];
  const cells = faults.flatMap((fault) =>
    rows
      .filter((row) => row.fault === fault)
      .map(({ manual, command, notices, by, finding }, index) => [
        index === 0 ? fault : '',
        `${manual}: \`${oneLine(command)}\``,
        `**${notices}**`,
        index === 0
          ? finding === undefined
            ? `${by}: **no**`
            : `${by}: **yes**, ${told(finding)}`
          : '',
      ]),
  );
  const head = ['fault', "the manual's command", 'notices', 'ours'];
  return `${HEAD}\n${markdownTable([head, ...cells])}\n`;
}

/** Stays the same from one time to the next, but for what differs. */
export function verdictsOf(page: string): string[] {
  const rows = page.split('\n').filter((line) => /^\| [^-]/.test(line));
  return rows.map((line) => line.replaceAll(/ +/g, ' ').replace(/(\*\*yes\*\*),.*(?= \|$)/, '$1'));
}

function oneLine(command: string): string {
  return command.replaceAll(/\s*\n\s*/g, ' ').replaceAll('|', String.raw`\|`);
}

/** Numbers, times and paths are those of one time. */
function told(finding: string): string {
  return finding
    .replaceAll(/\/(?:tmp|var)\/[^\s"]*\/([^\s"/]+)/g, '.../$1')
    .replaceAll('|', String.raw`\|`)
    .slice(0, 300);
}
