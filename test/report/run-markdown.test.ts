import { describe, expect, test } from 'vitest';
import { runMarkdown } from '../../src/report/run/run-markdown.ts';
import { hostile, made } from './support/hostile.ts';
import { reported, unmanaged } from './support/reported.ts';

describe('runMarkdown', () => {
  test('tells how the run went, part by part, who was notified, and who intervened', () => {
    expect(runMarkdown(reported())).toBe(GOLDEN);
  });

  test('says first why it failed and what is left', () => {
    const failure = { type: 'NotProven', message: 'sha256 differs' };

    const text = runMarkdown(reported({ outcome: 'failed', failure, left: ['Rename it'] }));

    expect(text).toContain('**It failed with NotProven: sha256 differs**\n\n## Left for people');
    expect(text.indexOf('- Rename it')).toBeLessThan(text.indexOf('## Steps'));
  });

  test('takes no text from outside for markup', () => {
    const harmless = shapeOf(runMarkdown(unmanaged('harmless')));

    for (const text of [...hostile, ...made(500)]) {
      if (text.trim() === '') continue;
      const markdown = runMarkdown(unmanaged(text));
      expect({ text, shape: shapeOf(markdown) }).toEqual({ text, shape: harmless });
      expect({ text, marks: unescapedMarks(markdown) }).toEqual({ text, marks: [] });
    }
  });
});

/** What every line is, and how many cells a row has: text that stays text changes none of it. */
function shapeOf(markdown: string): string[] {
  return markdown.split('\n').map((line) => {
    if (line.startsWith('|')) return `row of ${line.replaceAll(/\\./g, '').split('|').length}`;
    return /^(#+ |- |\*\*|`{3,}|\d+\. |> |)/.exec(line)![0].replace(/`+/, '```');
  });
}

/** Lines with a tag, a link or a span of code that was not escaped, outside of the command. */
function unescapedMarks(markdown: string): string[] {
  const prose = markdown.replace(/\n(`{3,})sh\n.*\n\1$/s, '\n');
  return prose.split('\n').filter((line) => /[<>`[\]]/.test(line.replaceAll(/\\./g, '')));
}

const GOLDEN = `# Database recovery of demo: done

The application was taken down by step 2, and brought back by step 5 at 2026-01-05 02:00:12 UTC, 11.8 s later.

- Target: demo
- Started by: ops-1
- Because: the database is damaged
- Started: 2026-01-05 02:00:00 UTC
- Ended: 2026-01-05 02:00:13 UTC
- Took: 13.0 s
- Input: backup latest
- Run: database-recovery/demo/20260105\\_020000

## Steps

| # | step | state | began | took | note |
| ---: | --- | --- | --- | ---: | --- |
| 1 | Find the backup | done | 02:00:00 | 0.10 s | 20260105\\_010000, 1204331 rows |
| 2 | Stop application | done | 02:00:01 | 2.40 s |  |
| 3 | Clear cache | failed | 02:00:03 | 3.70 s | connect ECONNREFUSED |
| 4 | Copy tables | done | 02:00:07 | 2.90 s |  |
| 4.1 | users | done | 02:00:07 | 1.30 s |  |
| 4.2 | indicators | done | 02:00:07 | 2.90 s | 1204331 rows |
| 5 | Start application | done | 02:00:10 | 2.80 s |  |
| 6 | Make the kept database a backup | omitted |  |  |  |

## Who was notified

- 02:00:07, sev1, by email, log: Went on without it
- 02:00:07, sev1, **NOBODY**: Nobody heard this

## Interventions

- 2026-01-05 02:00:00 UTC started by ops-1: the database is damaged
- 2026-01-05 02:00:00 UTC took over by ops-1: "database-recovery/demo/20260104\\_235900" ended without releasing it
- 2026-01-05 02:00:00 UTC approved "stop" by ops-2: users know
- 2026-01-05 02:00:07 UTC decided retry on "copy" by ops-3
- 2026-01-05 02:00:13 UTC ended done by runbook

## Result

- rows: backup 3, restored 3
- downtime: 11.8 s

To go back:

\`\`\`sh
runbook start rollback --target demo --run database-recovery/demo/20260105_020000
\`\`\``;
