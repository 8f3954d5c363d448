import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';

const REPOSITORY = resolve(import.meta.dirname, '../../..');

/**
 * A release to begin from, in `directory`: a file that `npm pack` has made (`*.tgz`), or a commit or tag of this repository, which is
 * built. The packages below it are those of this checkout, so that nothing is downloaded. Answers its `runbook`.
 */
export function packageOf(release: string, directory: string): string {
  mkdirSync(directory, { recursive: true });
  const isFile = release.endsWith('.tgz');
  const packed = isFile
    ? undefined
    : execFileSync('git', ['archive', release], { cwd: REPOSITORY, maxBuffer: 2 ** 30 });
  const how = isFile ? ['-xzf', resolve(release), '--strip-components=1'] : ['-x'];
  execFileSync('tar', [...how, '-C', directory], packed ? { input: packed } : {});
  symlinkSync(realpathSync(join(REPOSITORY, 'node_modules')), join(directory, 'node_modules'));
  if (packed)
    execFileSync(process.execPath, ['scripts/build.ts'], { cwd: directory, stdio: 'pipe' });
  return join(directory, 'dist/cli/main.js');
}

/** RUNBOOK_UPGRADE_FROM, or else the newest commit that changed the version, as a release does. Undefined: a shallow clone does not know it. */
export function releaseBefore(): string | undefined {
  const named = process.env['RUNBOOK_UPGRADE_FROM'];
  if (named) return named;
  if (git('rev-parse', '--is-shallow-repository') === 'true') return undefined;
  return git('log', '-1', '--format=%H', '-G^  "version": ', '--', 'package.json') || undefined;
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: REPOSITORY, encoding: 'utf8' }).trim();
}
