import { basename, resolve } from 'node:path';
import { permanent } from '../failure.ts';
import { type Hand, handsOn } from '../files/hands-on.ts';
import { isOurs, isOursAlone } from '../files/held/who-may-lead.ts';
import { type OwnedPlace, ownerOf } from './owner-of.ts';

/** What runs the file that comes after it. */
const INTERPRETERS = /^(?:ba|da|z|k)?sh$|^(?:python|perl|ruby|node|php)[\d.]*$|^env$/;

/**
 * Demands of a command that gets our rights beside an application with fewer that nobody else can put another program, or script, in its place.
 * One without a slash is looked for where the system has its programs. Error: `NotPermitted`.
 */
export function expectOwnProgram(place: OwnedPlace, command: readonly string[]): void {
  if (!ownerOf(place)) return;
  for (const file of programsIn(command)) {
    const other = handsOn(resolve(place.directory, file)).find(mayBeExchanged);
    if (other)
      throw permanent(
        'NotPermitted',
        `"${file}" would run with the rights of this worker, and others can put another in its place ("${other.path}" is of user ${other.about.uid}): move it to where only root may write, such as /usr/local/bin`,
      );
  }
}

/** The program, and the script behind an interpreter, unless that is told what to do itself. */
function programsIn([program = '', ...rest]: readonly string[]): string[] {
  const isTold = rest.some((word) => /^-[a-z]*[cem]$/i.test(word));
  const script = isTold
    ? undefined
    : rest.find((word) => !word.startsWith('-') && !/^\w+=/.test(word));
  return [
    ...(program.includes('/') ? [program] : []),
    ...(INTERPRETERS.test(basename(program)) && script !== undefined ? [script] : []),
  ];
}

/** In a sticky directory, such as /tmp, only the owner of a name can change it. A link's mode says nothing. */
function mayBeExchanged({ about }: Hand): boolean {
  const isSticky = about.isDirectory() && (about.mode & 0o1000) !== 0;
  return about.isSymbolicLink() || isSticky ? !isOurs(about.uid) : !isOursAlone(about);
}
