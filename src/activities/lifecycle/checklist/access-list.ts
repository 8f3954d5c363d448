import { execFileSync } from 'node:child_process';

const WITHIN_MILLISECONDS = 5000;

/**
 * Whether an access control list says who may do what with a file, so that its mode alone does not. Node has no call for it: `ls` marks it
 * so after the mode, see POSIX. Where that cannot be asked, modes are taken at their word.
 */
export function hasAccessList(path: string): boolean {
  try {
    const line = execFileSync('env', ['LC_ALL=C', 'ls', '-ldnL', '--', path], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: WITHIN_MILLISECONDS,
    });
    return line['drwxr-xr-x'.length] === '+';
  } catch {
    return false;
  }
}
