import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { tokensOf } from '../../../../../activities/database/sqlite/dump/sql-tokens.ts';
import { refusalOf } from './refusal-of.ts';

interface Program {
  readonly stdin: Writable;
  readonly stdout: Readable;
  kill(signal: 'SIGINT'): unknown;
}

interface Terminal {
  readonly input: Readable;
  /** Where a person sees what is typed. */
  readonly screen: Writable;
  /** Where answers go. */
  readonly output: Writable;
  readonly refuse: (why: string) => void;
}

/**
 * A person at a terminal and the sqlite3 program: whole statements go to it, and the next prompt comes when it has answered, which
 * it tells by a mark. Ctrl-C leaves a statement that is being typed, and ends one that runs, with the shell; Ctrl-D ends the shell.
 */
export async function converse(
  program: Program,
  { input, screen, output, refuse }: Terminal,
): Promise<void> {
  const mark = randomUUID();
  const lines = createInterface({ input, output: screen, terminal: true, historySize: 1000 });
  let answered: (() => void) | undefined;
  let typed = '';
  let turn = Promise.resolve();
  prompt();
  passOn(program.stdout, output, `${mark}\n`, () => answered?.());
  lines.on('line', (line) => {
    turn = turn.then(() => take(line));
  });
  lines.on('SIGINT', () => {
    if (answered) return program.kill('SIGINT');
    typed = '';
    screen.write('^C\n');
    for (const name of ['e', 'u']) lines.write(null, { ctrl: true, name });
    return prompt();
  });
  const ended = once(program.stdout, 'close').then(() => lines.close());
  await Promise.race([once(lines, 'close'), ended]);
  // Ctrl-D comes while nothing is typed: what was, is left.
  await Promise.race([turn, ended]);
  program.stdin.end();
  await ended;

  async function take(line: string): Promise<void> {
    if (!program.stdin.writable) return;
    const why = refusalOf(line);
    if (why !== undefined) {
      refuse(why);
      return prompt();
    }
    const isCommand = typed.trim() === '' && line.startsWith('.');
    typed += `${line}\n`;
    if (!isCommand && !isWhole(typed)) return prompt();
    const done = Promise.withResolvers<void>();
    answered = done.resolve;
    program.stdin.write(`${typed}.print ${mark}\n`);
    typed = '';
    await Promise.race([done.promise, once(program.stdout, 'close')]);
    answered = undefined;
    return prompt();
  }

  function prompt(): void {
    if (!program.stdin.writable) return;
    lines.setPrompt(typed === '' ? 'sqlite> ' : '   ...> ');
    lines.prompt();
  }
}

/** As the sqlite3 program sees it: nothing, or a semicolon at the end, which is END and one for a trigger. */
function isWhole(sql: string): boolean {
  let last = '';
  let before = '';
  for (const { kind, text, open } of tokensOf(sql)) {
    if (open) return false;
    if (kind !== 'space' && kind !== 'comment') [before, last] = [last, text];
  }
  const isTrigger = /^\s*create\s+(temp\w*\s+)?trigger\b/i.test(sql);
  return last === '' || (last === ';' && (!isTrigger || /^end$/i.test(before)));
}

/** All but the marks. */
function passOn(from: Readable, to: Writable, mark: string, seen: () => void): void {
  let held = '';
  from.on('data', (chunk: Buffer) => {
    held += chunk.toString('latin1');
    for (let at = held.indexOf(mark); at >= 0; at = held.indexOf(mark)) {
      to.write(Buffer.from(held.slice(0, at), 'latin1'));
      held = held.slice(at + mark.length);
      seen();
    }
    let kept = Math.min(held.length, mark.length - 1);
    while (!mark.startsWith(held.slice(held.length - kept))) kept -= 1;
    to.write(Buffer.from(held.slice(0, held.length - kept), 'latin1'));
    held = held.slice(held.length - kept);
  });
}
