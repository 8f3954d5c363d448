import { quoted } from '../../../config/text/quoted.ts';

/**
 * Commands as one that ends at the first that fails: typed one by one into a shell, later ones go on as if nothing had happened. It
 * says so when all are done, and what has failed else. What they create is for its owner alone; a process that is started later in the
 * same shell does not get that.
 */
export function together(commands: readonly string[], done: string): string[] {
  return ['(', 'set -eu', 'umask 077', ...commands, `echo ${quoted(done)}`, ')'];
}

/** What has to be so before anything goes on. It says what is not. */
export function demanded(test: string, otherwise: string): string {
  return `${test} || { echo ${quoted(`STOP: ${otherwise}`)} >&2; false; }`;
}
