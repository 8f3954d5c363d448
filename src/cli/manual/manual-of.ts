import { databaseText } from '../../config/load/database-text.ts';
import { isPostgres, type Target } from '../../config/schema/target.ts';
import { plainLine } from '../../config/text/plain-text.ts';
import type { RunbookFacts } from '../../engine/run/runbook-facts.ts';
import type { Part } from './page.ts';
import { pages } from './pages.ts';
import { pagesOnServer, withoutFile } from './server/pages-on-server.ts';

/** A runbook as a person does it by hand on one target. */
export interface ManualPage {
  readonly runbook: string;
  readonly title: string;
  readonly purpose: string;
  /** What starts it, where a worker is to be had. */
  readonly start: string;
  readonly parts: readonly Part[];
  /** Why there are none, and what to do then. */
  readonly instead?: string;
}

/** The pages of some runbooks, in their order. */
export function manualOf(
  target: Target,
  runbooks: readonly (readonly [string, RunbookFacts])[],
): ManualPage[] {
  return runbooks.map(([runbook, { title, purpose }]) => {
    const page = (isPostgres(target) ? pagesOnServer[runbook] : undefined) ?? pages[runbook];
    const facts = { runbook, title, purpose, start: `runbook start ${runbook} -t ${target.name}` };
    if (!page)
      return { ...facts, parts: [], instead: 'Nobody has written down how it is done by hand.' };
    return 'parts' in page
      ? {
          ...facts,
          parts: isPostgres(target) ? withoutFile(page.parts(target)) : page.parts(target),
        }
      : { ...facts, parts: [], instead: page.instead(target) };
  });
}

/** To print, and to pin to the wall. */
export function manualMarkdown(target: Target, manual: readonly ManualPage[]): string {
  const { name, directory, database, backups, runtime } = target;
  const facts = [
    `\`${directory}\``,
    `database \`${databaseText(database)}\``,
    `backups \`${backups.directory}\``,
  ];
  const head = [
    `# ${name}, by hand`,
    `Of ${facts.join(', ')}.`,
    'For the night when neither a worker nor Temporal is to be had. These commands undo nothing, wait for nobody and notify nobody: with a worker, start the runbook instead. Type those of a page into one shell, one after another, and read what each prints before the next. Before you change anything, see that no run does: stop the worker.',
    ...(runtime.kind === 'compose' ? ['A machine with Compose 1.29 calls it docker-compose.'] : []),
  ].map((line) => plainLine(line));
  return [...head, ...manual.flatMap(blocksOf)].join('\n\n');
}

function blocksOf({ runbook, purpose, start, parts, instead }: ManualPage): string[] {
  return [
    `## ${runbook}`,
    `${purpose}. With a worker: \`${start}\``,
    ...(instead === undefined ? [] : [plainLine(instead)]),
    ...parts.map(({ say, type }, index) => {
      const number = `${index + 1}. `;
      const sentence = `${number}${plainLine(say)}.`;
      return type ? `${sentence}\n\n${fenced(type, ' '.repeat(number.length))}` : sentence;
    }),
  ];
}

/** Beneath its number. A longer fence where the commands hold one. */
function fenced(lines: readonly string[], indent: string): string {
  const fence = lines.some((line) => line.includes('```')) ? '~~~~~' : '```';
  const block = [`${fence}sh`, ...lines.flatMap((line) => line.split('\n')), fence];
  return block.map((line) => `${indent}${line}`).join('\n');
}
