import { closeSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { countText } from '../../config/text/count-text.ts';
import { keysOf, publicKeyIn } from '../../os/sign/signing-key.ts';
import { signerOf } from '../../os/sign/ssh-signature.ts';
import { BROKEN, linesOf, linked, NOTHING, prevOf, UNSIGNED } from './chain.ts';
import { auditFiles, openToRead } from './files.ts';
import { AUDIT_NAMESPACE, headIn, type SignedHead } from './head.ts';

export interface VerifiedAudit {
  /** Lines in all files. */
  readonly lines: number;
  /** What somebody did to it, the first in the order of the files. */
  readonly faults: readonly string[];
  /** What may have come of a killed process, or of an older version. */
  readonly warnings: readonly string[];
  /** The newest signed end, and whose key signed it. */
  readonly head?: SignedHead;
  readonly key?: string;
}

/**
 * Whether the audit is as it was written. Whoever has the key can write it anew: `key` is then the public one that was noted elsewhere,
 * `ssh-ed25519 AAAA...`. Default: the one beside it.
 */
export function verifyAudit(state: string, key = publicKeyIn(keysOf(state))): VerifiedAudit {
  const head = headIn(state);
  const walk = { hash: NOTHING, lines: 0, chained: 0, sinceHead: head?.hash === NOTHING ? 0 : -1 };
  const faults: string[] = [];
  const warnings: string[] = [];
  for (const name of auditFiles(state)) {
    const lines = linesIn(join(state, name));
    for (const [index, line] of lines.entries()) {
      const where = (number: number) => `${name}, line ${number}`;
      const prev = prevOf(line);
      if (prev !== undefined && prev !== walk.hash && faults.length === 0)
        faults.push(
          index === 0
            ? `${where(1)} does not follow the file before it: that was altered, cut or removed`
            : `${where(index)} was altered, or lines after it were removed or put in: the next one does not follow it`,
        );
      const what = prev === undefined ? undefined : whatOf(line);
      if (what === BROKEN && faults.length === 0)
        faults.push(
          `${where(index + 1)} tells that what was signed before it was altered or removed`,
        );
      if (what === UNSIGNED)
        warnings.push(`${where(index + 1)} tells of lines before it that were not signed`);
      walk.lines += 1;
      if (prev !== undefined) walk.chained += 1;
      walk.hash = linked(prev ?? walk.hash, line);
      if (walk.sinceHead >= 0) walk.sinceHead += 1;
      if (walk.hash === head?.hash) walk.sinceHead = 0;
    }
  }
  if (
    head &&
    signerOf(head.signature, { namespace: AUDIT_NAMESPACE, content: head.content }) !== key
  )
    faults.push(
      `The signed end, ${head.file}, is not signed by the key ${key ?? 'of this audit: there is none'}`,
    );
  if (!head && walk.chained > 0) faults.push('There is no signed end: somebody removed it');
  if (head && walk.sinceHead === -1 && faults.length === 0)
    faults.push(
      `The end that was signed is not there: the last lines were cut or altered, or all were written anew`,
    );
  if (walk.sinceHead > 0)
    warnings.push(
      `${countText(walk.sinceHead, 'line')} after the signed end: whoever wrote that was killed before it was signed, or is none of us`,
    );
  if (walk.lines > walk.chained && walk.lines > 0)
    warnings.push(
      `${countText(walk.lines - walk.chained, 'line')} of an older version, or cut by a loss of power: known to be as they were when the next line was written`,
    );
  return {
    lines: walk.lines,
    faults,
    warnings,
    ...(head && { head }),
    ...(key !== undefined && { key }),
  };
}

function linesIn(file: string): string[] {
  const fd = openToRead(file);
  try {
    return linesOf(readFileSync(fd, 'utf8'));
  } finally {
    closeSync(fd);
  }
}

function whatOf(line: string): unknown {
  try {
    return (JSON.parse(line) as { readonly what?: unknown }).what;
  } catch {
    return undefined;
  }
}
