import { globSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { print, printJson, say, sayStyled } from '../../src/cli/output/say.ts';
import { runText } from '../../src/report/run/run-text.ts';
import { hostile, made } from './support/hostile.ts';
import { unmanaged } from './support/reported.ts';

/** What a terminal obeys, what moves or hides letters, and what lies about where a link leads. */
const ESCAPES: readonly string[] = [
  '\u001B[2J\u001B[H',
  '\u001B[31mred\u001B[8mhidden\u001B[0m',
  '\u001B]8;;https://evil.example/\u0007runbook approve\u001B]8;;\u0007',
  '\u001B]0;title\u001B\\',
  '\u001B]52;c;cm0gLXJmIC8=\u0007',
  '\u001BPq#0\u001B\\',
  '\u001Bc',
  '\u009B2J',
  '\u009D8;;https://evil.example/\u009C',
  'bell \u0007 back \u0008\u0008 nul \u0000 delete \u007F',
  'over\rwritten',
  'turned \u202E\u2066round\u2069 \u200F\u061C',
  'zero\u200Bwidth\uFEFF \u00AD \u{E0041}tag',
];

/** All that may stand in what is written, besides letters. */
// oxlint-disable-next-line no-control-regex
const OBEYED = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u2028\u2029]|[\p{Cf}--[\u200C\u200D]]/v;
// oxlint-disable-next-line no-control-regex
const OURS = /\u001B\[(?:2|22|3[1-6]|39)m/g;

afterEach(() => void vi.restoreAllMocks());

describe('what is printed', () => {
  for (const [name, printer] of [
    ['say', (text: string) => say(`Error: ${text}`, text)],
    ['print', (text: string) => print(`a ${text} b`)],
    ['printJson', (text: string) => printJson({ [text]: [text] })],
  ] as const)
    test(`does nothing to a terminal: ${name}`, () => {
      for (const text of [...ESCAPES, ...hostile, ...made(300)])
        expect(written(() => printer(text))).not.toMatch(OBEYED);
    });

  test('is the same JSON to whoever reads it', () => {
    for (const text of ESCAPES)
      expect(JSON.parse(written(() => printJson({ text })))).toEqual({ text });
  });

  test('keeps our own colours, and those alone', () => {
    const seen = written(() => sayStyled('\u001B[32mdone\u001B[39m \u001B[8mhidden\u001B[2J'));

    expect(seen).toBe('\u001B[32mdone\u001B[39m \uFFFDhidden\uFFFD\n');
  });

  test('of a run has nothing in its texts that a terminal obeys, but our colours', () => {
    for (const text of ESCAPES) {
      const seen = written(() => print(runText(unmanaged(text), process.stdout), { styled: true }));
      expect(seen.replaceAll(OURS, '')).not.toMatch(OBEYED);
      expect(seen).not.toContain('\u001B[31mred');
    }
  });

  test('is printed in one place, so that no verb can forget it', () => {
    const writing = globSync('src/cli/**/*.ts').filter((file) =>
      /process\.std(?:out|err)\.write|console\./.test(readFileSync(file, 'utf8')),
    );

    expect(writing).toEqual(['src/cli/output/say.ts']);
  });
});

function written(work: () => void): string {
  const pieces: string[] = [];
  const keep = (piece: string | Uint8Array) => pieces.push(String(piece)) > 0;
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation(keep),
  );
  try {
    work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return pieces.join('');
}
