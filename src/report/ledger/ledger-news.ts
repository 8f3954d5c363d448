import type { LedgerLine } from '../../engine/run/ledger.ts';
import { type FollowedRun, retryText } from './ledger-screen.ts';
import { ledgerText } from './ledger-text.ts';

/** The beginning of a step is news only if it lasts: most end at once. */
const LASTS_MILLISECONDS = 1000;

/** Reports a run line by line, for logs and pipes: each call answers what is new since the last. */
export function openNews(
  stream: NodeJS.WritableStream,
): (run: FollowedRun, now: number) => string[] {
  const shown = new Set<string>();
  const isNew = (text: string) => !shown.has(text) && shown.add(text);
  return ({ ledger = [], retrying, usual }, now) => {
    // What it usually takes is known a moment later, and is no news of its own.
    const keys = ledgerText(ledger, stream);
    const texts = ledgerText(ledger, stream, { usual });
    const lines = texts.filter((_, index) => isShown(ledger[index]!, now) && isNew(keys[index]!));
    // The same trouble is reported once, however often it is tried again.
    const retries = retrying.filter(({ activity, message }) => isNew(`${activity} ${message}`));
    return [...lines, ...retries.map((retry) => `     ${retryText(retry)}`)];
  };
}

function isShown({ state, startedAt }: LedgerLine, now: number): boolean {
  if (state === 'pending' || state === 'unreached') return false;
  return state !== 'running' || now - Date.parse(startedAt!) > LASTS_MILLISECONDS;
}
