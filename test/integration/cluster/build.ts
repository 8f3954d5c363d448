/** Builds the standalone Temporal server and the tool for its tables, of the version that our embedded one is of, from the Go module proxy: some minutes. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

const SERVER = 'go.temporal.io/server';
const PROGRAMS = { 'temporal-server': 'cmd/server', 'temporal-sql-tool': 'cmd/tools/sql' };
const module = readFileSync(new URL('../../../src/dev/temporal/go.mod', import.meta.url), 'utf8');
const version = new RegExp(`${SERVER} (v\\S+)`).exec(module)![1]!;
const to = join(homedir(), '.cache/durable-runbooks/temporal-server');
mkdirSync(to, { recursive: true });
const directory = mkdtempSync(join(tmpdir(), 'temporal-server-'));
try {
  writeFileSync(
    join(directory, 'go.mod'),
    module.replace(/^tool .*$/m, `tool (\n\t${SERVER}/cmd/server\n\t${SERVER}/cmd/tools/sql\n)`),
  );
  const go = (...args: readonly string[]) =>
    execFileSync('go', args, {
      cwd: directory,
      stdio: 'inherit',
      env: { ...process.env, GOFLAGS: '-mod=mod', GOWORK: 'off', CGO_ENABLED: '0' },
    });
  go('get', `${SERVER}@${version}`);
  for (const [name, from] of Object.entries(PROGRAMS))
    go('build', '-trimpath', '-ldflags=-s -w', '-o', join(to, name), `${SERVER}/${from}`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
