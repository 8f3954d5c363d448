/** Builds the standalone Temporal server, of the version that our embedded one is of, from the Go module proxy: some minutes. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

const SERVER = 'go.temporal.io/server';
const module = readFileSync(new URL('../../../src/dev/temporal/go.mod', import.meta.url), 'utf8');
const version = new RegExp(`${SERVER} (v\\S+)`).exec(module)![1]!;
const to = join(homedir(), '.cache/durable-runbooks/temporal-server');
mkdirSync(to, { recursive: true });
const directory = mkdtempSync(join(tmpdir(), 'temporal-server-'));
try {
  writeFileSync(
    join(directory, 'go.mod'),
    module.replace(/^tool .*$/m, `tool ${SERVER}/cmd/server`),
  );
  const go = (...args: readonly string[]) =>
    execFileSync('go', args, {
      cwd: directory,
      stdio: 'inherit',
      env: { ...process.env, GOFLAGS: '-mod=mod', GOWORK: 'off', CGO_ENABLED: '0' },
    });
  go('get', `${SERVER}@${version}`);
  go(
    'build',
    '-trimpath',
    '-ldflags=-s -w',
    '-o',
    join(to, 'temporal-server'),
    `${SERVER}/cmd/server`,
  );
} finally {
  rmSync(directory, { recursive: true, force: true });
}
