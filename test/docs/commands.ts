import { globSync, readFileSync } from 'node:fs';
import { parse } from 'shell-quote';

/** A command line of ours that a page has somebody type. */
export interface TypedCommand {
  /** `docs/look.md:27 runbook check ahgd` */
  readonly name: string;
  /** What follows `runbook`. */
  readonly args: readonly string[];
  /** In a sentence a command may be named without its arguments. */
  readonly isWhole: boolean;
}

/** A block that is marked `sh run`: it works as it stands. */
export interface RunBlock {
  /** `docs/look.md:26` */
  readonly name: string;
  readonly script: string;
}

interface Block {
  readonly info: string;
  readonly at: number;
  readonly lines: readonly string[];
}

export const pages = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', ...globSync('docs/*.md')];

/** Every command in the blocks and in the sentences of `page`. */
export function typedCommands(page: string): readonly TypedCommand[] {
  const lines = readFileSync(page, 'utf8').split('\n');
  const blocks = blocksIn(lines);
  const typed = blocks.flatMap(({ at, lines }) =>
    lines.map((text, index) => ({ text, at: at + 1 + index, isWhole: true })),
  );
  const inBlocks = new Set(blocks.flatMap(({ at, lines }) => lines.map((_, i) => at + 1 + i)));
  const named = lines.flatMap((line, index) =>
    inBlocks.has(index + 1)
      ? []
      : [...line.matchAll(/`([^`]+)`/g)].map(([, text]) => ({
          text: text!,
          at: index + 1,
          isWhole: false,
        })),
  );
  return [...typed, ...named].flatMap(({ text, at, isWhole }) =>
    commandsIn(text).map((args) => ({ name: `${page}:${at} ${text.trim()}`, args, isWhole })),
  );
}

export function runBlocks(page: string): readonly RunBlock[] {
  return blocksIn(readFileSync(page, 'utf8').split('\n'))
    .filter(({ info }) => info === 'sh run')
    .map(({ at, lines }) => ({ name: `${page}:${at}`, script: lines.join('\n') }));
}

/** `at` is the number of the line that opens it. */
function blocksIn(lines: readonly string[]): readonly Block[] {
  const fences = lines.flatMap((line, index) =>
    line.trimStart().startsWith('```') ? [index] : [],
  );
  return fences.flatMap((open, nth) =>
    nth % 2 === 1
      ? []
      : [
          {
            info: lines[open]!.trimStart().slice(3).trim(),
            at: open + 1,
            lines: lines.slice(open + 1, fences[nth + 1]),
          },
        ],
  );
}

/** The arguments of each `runbook` in a line of shell, with something in the place of `<what>` and without what is `[optional]`. */
function commandsIn(text: string): readonly (readonly string[])[] {
  const line = text
    .replaceAll(/<([\w ]+)>/g, (_, what: string) => stands[what] ?? 'x')
    .replaceAll(/ \[[^\]]+\]/g, '')
    .replaceAll(/(?<=\w)\.\.\./g, '')
    .replaceAll(/ \.\.\./g, '');
  const commands: string[][] = [];
  let current: string[] | undefined;
  for (const token of parse(line, (name) => `$${name}`)) {
    const word = typeof token === 'string' ? token : 'pattern' in token ? token.pattern : undefined;
    if (word === undefined) current = undefined;
    else if (current) current.push(word);
    else if (/^(?:[\w./$-]*\/)?runbook$/.test(word)) commands.push((current = []));
  }
  return commands.filter(([verb]) => verb !== undefined && /^[a-z-]+$/.test(verb));
}

const stands: Readonly<Record<string, string>> = {
  runbook: 'daily-backup',
  run: '20260105_020000',
  stamp: '20260105_020000',
  number: '1',
};
