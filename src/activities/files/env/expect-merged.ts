import { isUtf8 } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import {
  assignmentsOf,
  type EnvFile,
  isAssignment,
  isUnclear,
  type Piece,
  readEnvFile,
  textOf,
  type Unclear,
  writeEnvFile,
} from '../../../os/env-file/env-file.ts';
import { originsIn, referencesOf, spoilsAll } from '../../../os/env-file/references.ts';
import { permanent } from '../../../os/failure.ts';

interface Files {
  readonly live: EnvFile;
  readonly backup: EnvFile;
}

interface Merged extends Files {
  readonly merged: EnvFile;
  /** The names of live secrets, changed or not, and of all that they refer to. */
  readonly staying: ReadonlySet<string>;
}

/**
 * A line that readers take differently may be a secret for one of them, or swallow what comes after it. In both files byte
 * for byte it hurts nobody: it was there when all worked. Error: `EnvUnreadable`.
 */
export function expectMergeable(path: string, { live, backup }: Files): void {
  const [now, then] = [unclearOf(live), unclearOf(backup)];
  const [onlyNow, onlyThen] = [without(now, then), without(then, now)];
  if (onlyNow.length > 0) throw refused(path, `in the live file, ${linesOf(onlyNow)}`);
  if (onlyThen.length > 0) throw refused(path, `in the file of the backup, ${linesOf(onlyThen)}`);
}

/** What is to be written says of every secret, by the rules of all readers, what the live file says. Error: `EnvUnreadable`. */
export function expectMerged(path: string, files: Merged): void {
  const { live, merged } = files;
  const written = readEnvFile(writeEnvFile(merged));
  const asMeant = isDeepStrictEqual(shapeOf(written), shapeOf(merged));
  const fault =
    faultOfText(files) ??
    (asMeant ? undefined : 'they cannot stand in one file') ??
    faultOfValues({ ...files, merged: written }) ??
    faultOfPlaces(files, unclearOf(live));
  if (fault !== undefined) throw refused(path, fault);
}

/** What makes readers refuse a whole file that they read now. */
function faultOfText({ live, backup, merged }: Merged): string | undefined {
  if (isUtf8(writeEnvFile(live)) && !isUtf8(writeEnvFile(merged))) {
    const line = lineOf(backup, ({ raw }) => !isUtf8(Buffer.from(raw, 'latin1')));
    return `line ${line} of the file of the backup is no UTF-8, and the live file is`;
  }
  const known = new Set(live.pieces.map(({ raw }) => raw));
  const spoils = (piece: Piece) =>
    isAssignment(piece) && !known.has(piece.raw) && spoilsAll(piece.value) !== 'no';
  const isRefusedNow = live.pieces.some(
    (piece) => isAssignment(piece) && spoilsAll(piece.value) === 'yes',
  );
  if (isRefusedNow || !merged.pieces.some(spoils)) return undefined;
  return `line ${lineOf(backup, spoils)} of the file of the backup has a dollar sign for which Compose 2 may refuse the whole file`;
}

function faultOfValues({ live, merged, staying }: Merged): string | undefined {
  const [now, then] = [assignmentsOf(live), assignmentsOf(merged)];
  const [before, after] = [originsIn(live), originsIn(merged)];
  const refers = (name: string) => now.get(name)?.some(({ value }) => value.includes('$'));
  const referring = [...staying].filter(refers);
  const isEqual = (names: readonly string[]) => before(names) === after(names);
  const wrong =
    [...staying].find(
      (name) =>
        !refers(name) && !isDeepStrictEqual(shapeOf(now.get(name)), shapeOf(then.get(name))),
    ) ??
    // All at once, and one by one only to name the line.
    (isEqual(referring)
      ? undefined
      : (referring.slice(0, 100).find((name) => !isEqual([name])) ?? referring[0]));
  if (wrong === undefined) return undefined;
  const line = lineOf(
    live,
    (piece) => isAssignment(piece) && [piece.name, ...referencesOf(piece.value)].includes(wrong),
  );
  return `line ${line} of the live file refers to what the backup has at another place, or otherwise`;
}

/** An unclear line that speaks of a key counts for some readers, and whatever comes last wins. */
function faultOfPlaces(
  { live, merged }: Files & Pick<Merged, 'merged'>,
  unclear: readonly Unclear[],
) {
  const text = Buffer.from(unclear.map(({ raw }) => raw).join('\n'), 'latin1').toString();
  const words = new Set(text.match(/[\p{L}\p{N}_.-]+/gu));
  const isNamed = (name: string) => words.has(textOf(name));
  const concerned = ({ pieces }: EnvFile) =>
    pieces
      .filter((piece) =>
        isAssignment(piece) ? isNamed(piece.name) : isUnclear(piece) && !piece.isVoid,
      )
      .map(({ raw }) => raw);
  if (isDeepStrictEqual(concerned(live), concerned(merged))) return undefined;
  return `in the live file, ${linesOf(unclear)}, and names what the backup has at another place`;
}

function shapeOf(file: EnvFile | readonly Piece[] | undefined): unknown {
  const pieces = file && 'pieces' in file ? file.pieces : file;
  return pieces?.map(({ kind, raw }) => [kind, raw]);
}

function unclearOf({ pieces }: EnvFile): Unclear[] {
  return pieces.filter(isUnclear).filter(({ isVoid }) => !isVoid);
}

/** Those of the first that are not among the others, each as often as it is. */
function without(some: readonly Unclear[], others: readonly Unclear[]): Unclear[] {
  const left = new Map<string, number>();
  for (const { raw } of others) left.set(raw, (left.get(raw) ?? 0) + 1);
  return some.filter(({ raw }) => {
    const count = left.get(raw) ?? 0;
    left.set(raw, count - 1);
    return count <= 0;
  });
}

function lineOf({ pieces }: EnvFile, matches: (piece: Piece) => boolean): number {
  return pieces.find(matches)?.line ?? 1;
}

const MAX_LINES = 5;

function linesOf(unclear: readonly Unclear[]): string {
  const all = unclear.slice(0, MAX_LINES).map(({ line, why }) => `line ${line} ${why}`);
  const more = unclear.length - MAX_LINES;
  return `${all.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}

/** `why` holds no word of a line: it may be a secret. */
export function refused(path: string, why: string): Error {
  return permanent(
    'EnvUnreadable',
    `Cannot bring "${path}" of the backup and its live secrets together: ${why}. Put that right, restore the file whole with "--secrets restore", or leave it with "--configuration keep"`,
  );
}
