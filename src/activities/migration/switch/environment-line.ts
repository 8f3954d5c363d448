import {
  assignmentsOf,
  type EnvFile,
  isUnclear,
  readEnvFile,
  writeEnvFile,
} from '../../../os/env-file/env-file.ts';
import { permanent } from '../../../os/failure.ts';
import { readHeld } from '../../../os/files/held/read-held.ts';
import { replaceHeld } from '../../../os/files/held/replace-held.ts';

/** Whatever reads the file takes these for themselves. */
const PLAIN = /^[\w.~:/?@&+,;=%-]+$/;

/** The line that gives a variable its value. Error: `InvalidInput`, without the value, which may be a secret. */
export function lineFor(variable: string, value: string): string {
  if (PLAIN.test(value)) return `${variable}=${value}`;
  throw permanent(
    'InvalidInput',
    `What "migration.switch.value" names has signs that readers of environment files take differently: write them percent-encoded, as %24 for a dollar sign`,
  );
}

/** The line of a variable as it stands there. Null: it has none. Errors: `EnvUnreadable`, `LinkRefused`. */
export function lineIn(file: string, variable: string): string | null {
  return lineOf(file, fileAt(file), variable);
}

/** Gives the variable this line, or none; all other bytes stay. Whose the file is, and who may read it, stays. */
export function setLine(file: string, variable: string, line: string | null): boolean {
  const before = fileAt(file);
  const old = lineOf(file, before, variable);
  if (old === line) return false;
  const pieces = before.pieces.flatMap((piece) =>
    piece.raw !== old ? [piece] : line === null ? [] : [{ ...piece, raw: line }],
  );
  const added =
    old === null && line !== null ? [{ kind: 'comment' as const, raw: line, line: 0 }] : [];
  const ends = before.ends || added.length > 0;
  replaceHeld(file, writeEnvFile({ ...before, pieces: [...pieces, ...added], ends }));
  return true;
}

function fileAt(file: string): EnvFile {
  const bytes = readHeld(file);
  if (bytes) return readEnvFile(bytes);
  throw permanent('EnvUnreadable', `Cannot find "${file}", which "migration.switch.file" names`);
}

function lineOf(file: string, read: EnvFile, variable: string): string | null {
  const all = assignmentsOf(read).get(variable) ?? [];
  const unclear = read.pieces.find((piece) => isUnclear(piece) && piece.raw.includes(variable));
  if (all.length > 1 || unclear)
    throw permanent(
      'EnvUnreadable',
      `Cannot set "${variable}" in "${file}": ${unclear ? `it is named in line ${unclear.line}, which is no assignment that every reader takes for one` : 'it is set more than once'}. Leave it one plain line`,
    );
  return all[0]?.raw ?? null;
}
