import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { markdownTable } from '../support/markdown-table.ts';
import { inFolderOf } from '../support/runbook-folder.ts';
import { type FaultName, faultNames, UNDO_FAILED } from './faults.ts';
import type { Cell } from './play.ts';

/** What is wrong after each cell of one runbook, in the order of its example. Empty: all is well. */
export type Results = ReadonlyMap<Cell, readonly string[]>;

/** What all was like when a page was written. */
export interface Stamped {
  /** YYYY-MM-DD. */
  readonly on: string;
  /** Hash of all that the runbook reaches, and of the engine and the harness alone: see `reach.ts`. */
  readonly reach: string;
  readonly engine: string;
}

/** A runbook's page of the fault matrix: the same for every play in which the same is wrong, but for its last line. */
export function pageOf(runbook: string, results: Results, { on, reach, engine }: Stamped): string {
  return `${bodyOf(runbook, results)}
Played in full on ${on}, with reach \`${reach}\` and engine \`${engine}\`.
`;
}

export function bodyOf(runbook: string, results: Results): string {
  const titles = new Set([...results.keys()].map(({ of }) => of));
  const parts = [...titles].map((title) => {
    const part = new Map([...results].filter(([cell]) => cell.of === title));
    return `${title === undefined ? '' : `## ${title}\n\n`}${tableOf(part)}\n`;
  });
  return `# Fault matrix of ${runbook}

What a cell is, and what \`ok\` means: [fault matrix](../../../docs/fault-matrix.md).

${parts.join('\n')}`;
}

/** Missing: the page is not there, or says nothing of it. */
export function stampedOf(runbook: string): Stamped | undefined {
  const line = /Played in full on (\S+), with reach `(\w+)` and engine `(\w+)`\.\n$/;
  const [, on, reach, engine] = line.exec(readPage(runbook) ?? '') ?? [];
  return on && reach && engine ? { on, reach, engine } : undefined;
}

/** Call x fault, the count, and why a cell is BAD. */
export function tableOf(results: Results): string {
  const faults: FaultName[] = [...faultNames, UNDO_FAILED];
  const calls = [...new Set([...results.keys()].map(({ call }) => call))];
  const rows = calls.map((call) => [
    call,
    ...faults.map((fault) => {
      const cell = [...results.keys()].find((one) => one.call === call && one.fault === fault);
      return cell ? (results.get(cell)!.length === 0 ? 'ok' : 'BAD') : '';
    }),
  ]);
  const bad = [...results].filter(([, wrong]) => wrong.length > 0);
  const why = bad.map(([{ call, fault }, wrong]) => `- ${call}, ${fault}: ${wrong.join('; ')}`);
  return [
    markdownTable([['call', ...faults], ...rows]),
    '',
    `${results.size} cells, ${bad.length} BAD.`,
    ...(why.length > 0 ? ['', ...why] : []),
  ].join('\n');
}

export function writePage(runbook: string, page: string): void {
  writeFileSync(inFolderOf(runbook, 'matrix.md'), page);
}

/** Missing: nobody has played the runbook and written it. */
export function readPage(runbook: string): string | undefined {
  const file = inFolderOf(runbook, 'matrix.md');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
