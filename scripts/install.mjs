/**
 * Runs before `npm run demo`, `npm test`, `./runbook` and the like: installs what package-lock.json names, unless it is there.
 * Plain JavaScript for Node 20 or newer, because it runs before anything is installed.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';

const STAMP = 'node_modules/.installed-lock';
const lock = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex');
const installed = existsSync(STAMP) ? readFileSync(STAMP, 'utf8') : '';

if (installed !== lock) {
  process.stderr.write('Installing packages: about a minute, once\n');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { stdout: 2 });
  writeFileSync(STAMP, lock);
}

/** Output of npm goes to stderr: stdout belongs to the script that follows. */
function run(command, args, { stdout }) {
  // Whoever only uses a clone gets no hooks of git: contributors ask for them (CONTRIBUTING.md). npm 10 obeys no allowScripts, and
  // lefthook's own script installs nothing in CI.
  const env = { ...process.env, CI: '1', LEFTHOOK: '0' };
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', stdout, 2], env });
  if (status === 0) return;
  process.stderr.write(
    `Error: "${command} ${args.join(' ')}" failed${error ? `: ${error.message}` : ''}\n`,
  );
  process.stderr.write(
    'Try: check that the npm registry can be reached, then run the same command again\n',
  );
  process.exit(1);
}
