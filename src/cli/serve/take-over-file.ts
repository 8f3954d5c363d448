import { existsSync } from 'node:fs';
import { changedParts, fingerprintOf } from '../../config/fingerprint.ts';
import { readTarget } from '../../config/load/load.ts';
import { shownPath } from '../../config/load/target-file.ts';
import type { Target } from '../../config/schema/target.ts';

/** What is to be done about a target's file as it is now. */
export type FileVerdict =
  | { readonly what: 'same' }
  | { readonly what: 'changed'; readonly target: Target; readonly parts: readonly string[] }
  /** It is not taken over, and why. */
  | { readonly what: 'trouble'; readonly why: string };

/** Judges the file of a target that is served by another reading of it. */
export function judgeFile(file: string, served: Target): FileVerdict {
  const shown = shownPath(file);
  if (!existsSync(file)) return trouble(`"${shown}" is gone`);
  const { target, faults } = readTarget(file);
  if (!target) return trouble(faults.join('; '));
  if (fingerprintOf(target) === fingerprintOf(served)) return { what: 'same' };
  if (target.state !== served.state)
    return trouble(
      `"state" in "${shown}" is "${target.state}" now: that is another place, and is served by a worker that is started anew`,
    );
  return { what: 'changed', target, parts: changedParts(served, target) };
}

function trouble(why: string): FileVerdict {
  return { what: 'trouble', why };
}
