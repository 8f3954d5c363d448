import {
  assignmentsOf,
  type EnvFile,
  isAssignment,
  isUnclear,
  type Piece,
} from '../../../os/env-file/env-file.ts';

/** The backup's file with the live assignments of some names: where it has them itself, else at its end. */
export function withLive(
  names: readonly string[],
  { live, backup }: { live: EnvFile; backup: EnvFile },
): EnvFile {
  const [now, then] = [assignmentsOf(live), assignmentsOf(backup)];
  const left = new Map(names.map((name) => [name, [...now.get(name)!]]));
  const places = new Map(names.map((name) => [name, then.get(name)?.length ?? 0]));
  const pieces = backup.pieces.flatMap(inPlace);
  const remaining = new Set<Piece>([...left.values()].flat());
  const added = live.pieces.filter((piece) => remaining.has(piece));
  // What an open quote begins has no end: nothing may stand behind it, and the line feed may belong to it.
  const open = pieces.length > 0 && isUnclear(pieces.at(-1)!) ? pieces.splice(-1) : [];
  const isAsLive = open.length > 0 && open[0]!.raw === live.pieces.at(-1)?.raw;
  const whole = [...pieces, ...added, ...open];
  return {
    mark: live.mark,
    pieces: live.mark ? apartFromMark(whole, live.pieces[0]) : whole,
    ends: isAsLive ? live.ends : backup.ends || added.length > 0,
  };

  /** The first live assignment for the first of the backup, and so on; for its last one, all that are left. */
  function inPlace(piece: Piece): readonly Piece[] {
    if (isUnclear(piece) && piece.isVoid) return [];
    const own = isAssignment(piece) ? left.get(piece.name) : undefined;
    if (!isAssignment(piece) || own === undefined) return [piece];
    const others = places.get(piece.name)! - 1;
    places.set(piece.name, others);
    return own.splice(0, others === 0 ? own.length : 1);
  }
}

/** Some readers take the mark for a part of the first name: it stays with the name that it was with, or with none. */
function apartFromMark(pieces: readonly Piece[], before: Piece | undefined): readonly Piece[] {
  const [first] = pieces;
  if (!first || first.raw === before?.raw) return pieces;
  if (first.kind === 'comment' || first.kind === 'blank') return pieces;
  return [{ kind: 'blank', raw: '', line: 1 }, ...pieces];
}
