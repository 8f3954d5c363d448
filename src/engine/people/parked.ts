import { condition } from '@temporalio/workflow';
import { type Duration, inMilliseconds } from '../../config/time/duration.ts';
import type { LedgerLine, Waiting } from '../run/ledger.ts';

/** That people are told takes its time, and nobody is waited for before that. */
const TELLING = inMilliseconds('1m');

/** When a question that is asked now is over, ISO 8601, UTC. The run itself knows to the second. */
export function endOf(within: Duration): string {
  return new Date(Date.now() + inMilliseconds(within) + TELLING).toISOString();
}

/** Parks a line until `answered` or the time is up, and answers whether it was answered. Its state is put back. */
export async function parked(
  line: LedgerLine,
  waiting: Pick<Waiting, 'for' | 'why' | 'choices'> & { readonly within?: Duration },
  answered: () => boolean,
  show: (line: LedgerLine) => void,
): Promise<boolean> {
  const { state } = line;
  const now = Date.now();
  const milliseconds = waiting.within === undefined ? undefined : inMilliseconds(waiting.within);
  line.state = 'waiting';
  line.waiting = {
    for: waiting.for,
    why: waiting.why,
    ...(waiting.choices && { choices: waiting.choices }),
    since: new Date(now).toISOString(),
    ...(milliseconds !== undefined && { until: new Date(now + milliseconds).toISOString() }),
  };
  show(line);
  try {
    if (milliseconds !== undefined) return await condition(answered, milliseconds);
    await condition(answered);
    return true;
  } finally {
    line.state = state;
    delete line.waiting;
    show(line);
  }
}
