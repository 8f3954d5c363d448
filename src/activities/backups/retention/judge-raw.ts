import { type Duration, inMilliseconds } from '../../../config/time/duration.ts';
import { type Stamp, timeOf } from '../../../config/time/stamp.ts';
import { isOver, type Pin, pinText } from '../catalogue/pin.ts';
import { daysText } from './retention.ts';

export interface Circumstances {
  /** What is of these runs may still be needed. */
  readonly inUse: ReadonlySet<Stamp>;
  /** When the newest verified backup was taken, if there is one. In ms since 1970. */
  readonly backedUp: number | undefined;
  /** ISO 8601. */
  readonly now: string;
}

/** What a run has put aside of a database. `staged` is of a backup, and no more than that. */
interface PutAside {
  readonly id: Stamp;
  readonly sort: 'quarantine' | 'replaced' | 'undone' | 'staged';
  readonly pin?: Pin;
}

/**
 * What was put aside may be all there is of rows that no backup has. It goes when its time is over, but never the newest of each sort, nor what
 * is pinned, nor what a run still needs, nor any before there is a verified backup that is younger. To be asked of each, the newest first.
 */
export function judgeRaw(keepFor: Duration, { inUse, backedUp = 0, now }: Circumstances) {
  const most = inMilliseconds(keepFor);
  const sorts = new Set<string>();

  return (copy: PutAside): { readonly stays: boolean; readonly why: string } => {
    const kept = reasonToKeep(copy);
    sorts.add(copy.sort);
    return { stays: kept !== undefined, why: kept ?? ageText(copy) };
  };

  function reasonToKeep(copy: PutAside): string | undefined {
    const { id, sort, pin } = copy;
    if (inUse.has(id)) return `${sort}, its run has not put all right yet`;
    if (pin && !isOver(pin, now)) return pinText(pin);
    if (sort !== 'staged' && !sorts.has(sort)) return `${sort}, the newest of its sort`;
    if (Number.isNaN(timeOf(id))) return `${sort}, its name tells no time`;
    if (sort !== 'staged' && timeOf(id) > backedUp)
      return `${sort}, there is no verified backup since`;
    return Date.parse(now) - timeOf(id) <= most ? ageText(copy) : undefined;
  }

  function ageText({ id, sort }: PutAside): string {
    const age = Math.max(Date.parse(now) - timeOf(id), 0);
    return `${sort}, ${daysText(age)} of ${daysText(most)}`;
  }
}
