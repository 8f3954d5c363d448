import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findOnPath } from '../../../src/dev/server/find-on-path.ts';
import { main } from '../support/runbook.ts';

/** What each shell has for the last of some words, by its own means. The first is typed as it stands. */
const SHELLS = {
  bash: `. "$FILE"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _runbook "$1"; printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: `compdef() { :; }; compadd() { while [[ $1 != -- ]]; do shift; done; shift; print -l -- "$@"; }; _files() { print files; }
    . "$FILE"; words=("$@"); CURRENT=$#; _runbook`,
  fish: `source $FILE; complete -C (string join ' ' -- $argv) | string split -f 1 \\t; true`,
};

describe.each(Object.keys(SHELLS) as (keyof typeof SHELLS)[])('completion of %s', (shell) => {
  const missing = findOnPath(shell) === undefined;
  let directory: string;
  let program: string;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'shells-'));
    program = join(directory, 'runbook');
    writeFileSync(program, `#!/bin/sh\nexec ${process.execPath} ${main} "$@"\n`, { mode: 0o755 });
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  function offered(...words: string[]): string[] {
    const file = join(directory, 'script');
    writeFileSync(file, execFileSync(program, ['completion', shell]));
    const before = shell === 'fish' ? [] : [shell];
    return execFileSync(shell, ['-c', SHELLS[shell], ...before, 'runbook', ...words], {
      encoding: 'utf8',
      cwd: directory,
      env: {
        ...process.env,
        FILE: file,
        PATH: `${directory}${delimiter}${process.env['PATH']}`,
        RUNBOOK_TARGETS: join(process.cwd(), 'targets'),
      },
    })
      .split('\n')
      .filter(Boolean);
  }

  test.skipIf(missing)('offers what may follow', () => {
    expect(offered('start', 'daily')).toEqual(['daily-backup']);
    expect(offered('start', 'daily-backup', '-t', 'ah')).toEqual(['ahgd']);
  });

  // Seen with a library: Tab ran what stood between the brackets.
  test.skipIf(missing)('runs nothing of what is typed', () => {
    offered('start', '$(touch pwned)', '`touch pwned`', ';touch pwned;', '');

    expect(existsSync(join(directory, 'pwned'))).toBe(false);
  });
});
