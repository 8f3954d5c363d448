import { plainLine } from '../../config/text/plain-text.ts';
import type { Ledger } from '../../engine/run/ledger.ts';
import { cut, wrapCommand } from '../cells.ts';
import { ledgerText } from './ledger-text.ts';

/** What is shown of a run while it is followed. */
export interface FollowedRun {
  readonly status: string;
  readonly ledger?: Ledger;
  /** What a person can do now. */
  readonly hint?: string | undefined;
  /** What a step took before, in ms, by its id. */
  readonly usual?: ReadonlyMap<string, number> | undefined;
  readonly retrying: readonly {
    readonly activity: string;
    readonly attempt: number;
    readonly message: string;
  }[];
}

export type Screen = NodeJS.WritableStream & { readonly columns: number; readonly rows: number };

/** Rows of the screen that stay free: the cursor, and a line of what stood there before. */
const FREE_ROWS = 2;

/**
 * A run as it fits on a screen: lines are cut at its edge, and lines far from the current one are left out. What a person may copy
 * is whole. `now`: in ms since 1970.
 */
export function ledgerScreen(
  { ledger, status, retrying, hint, usual }: FollowedRun,
  screen: Screen,
  now?: number,
): readonly string[] {
  // A terminal that has just been made may not know its size yet.
  const columns = screen.columns || 80;
  const below = [
    ...retrying.map((retry) => cut(`     ${retryText(retry)}`, columns)),
    ...(hint ? wrapCommand(`Try: ${hint}`, columns) : []),
  ];
  if (!ledger) {
    const waiting = 'Waiting for a worker to report how the run stands';
    return [status === 'RUNNING' ? waiting : status.toLowerCase(), ...below];
  }
  const lines = ledgerText(ledger, screen, { columns, tooLong: 'cut', now, usual });
  const rows = Math.max((screen.rows || 24) - FREE_ROWS - below.length, 5);
  return [...shortened(lines, currentOf(ledger), rows), ...below];
}

/** Such as `database.stage, attempt 2: No space left`. */
export function retryText({ activity, attempt, message }: FollowedRun['retrying'][number]): string {
  return plainLine(`${activity}, attempt ${attempt}: ${message}`);
}

/** The line that runs, or the last that anything happened to. */
function currentOf(ledger: Ledger): number {
  const running = ledger.findIndex(({ state }) => state === 'running');
  if (running >= 0) return running;
  return ledger.findLastIndex(({ state }) => state !== 'pending' && state !== 'unreached');
}

function shortened(lines: readonly string[], current: number, rows: number): readonly string[] {
  if (lines.length <= rows) return lines;
  const shown = rows - 2;
  const first = Math.min(Math.max(current - Math.floor(shown / 2), 0), lines.length - shown);
  const hidden = lines.length - first - shown;
  return [
    ...(first > 0 ? [`... ${first} above`] : []),
    ...lines.slice(first, first + shown),
    ...(hidden > 0 ? [`... ${hidden} below`] : []),
  ];
}
