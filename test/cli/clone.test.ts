import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const INSTALL = resolve('scripts/install.mjs');
/** What npm 10 runs of it, whatever our package.json allows. */
const HOOKS = resolve('node_modules/lefthook/postinstall.js');

test('a clone that is only used gets no hooks of git', () => {
  const clone = mkdtempSync(join(tmpdir(), 'clone-'));
  const git = join(clone, '.git');
  execFileSync('git', ['init', '-q', clone]);
  rmSync(join(git, 'hooks'), { recursive: true, force: true });
  for (const name of ['bin', 'node_modules']) mkdirSync(join(clone, name));
  writeFileSync(join(clone, 'package-lock.json'), '{}');
  writeFileSync(
    join(clone, 'lefthook.yml'),
    'pre-push: { commands: { check: { run: "true" } } }\n',
  );
  const npm = join(clone, 'bin/npm');
  writeFileSync(npm, `#!/bin/sh\nexec ${process.execPath} ${HOOKS}\n`);
  chmodSync(npm, 0o755);
  const PATH = `${join(clone, 'bin')}${delimiter}${process.env['PATH']}`;

  execFileSync(process.execPath, [INSTALL], {
    cwd: clone,
    env: { ...process.env, PATH, CI: undefined, LEFTHOOK: undefined },
    stdio: 'pipe',
  });

  const [hooks] = readdirSync(git).filter((name) => name === 'hooks');
  expect(hooks === undefined ? [] : readdirSync(join(git, hooks))).toEqual([]);
  rmSync(clone, { recursive: true });
});
