import {
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import { z } from 'zod';
import { STATE } from '../../config/border/excess.ts';
import { By, upTo } from '../../config/border/texts.ts';
import { Login } from '../../config/border/who.ts';
import { whoText } from '../../config/text/who-text.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import { openBorder } from '../../engine/border/border.ts';
import { openIdentity } from '../../engine/people/identity.ts';
import { parse } from '../../engine/run/parse.ts';
import { MOST_SILENCES, Silence } from '../../incident/beside/silence.ts';
import { atMost, lifted, MOST_WAITING, Waiter, waitSignal, withWaiter } from './waiters.ts';

const silenceSignal = defineSignal<[Silence]>('silence');
const End = z.strictObject({ silence: z.uuid(), by: By, login: Login.optional() });
const endSignal = defineSignal<[z.infer<typeof End>]>('end');
const silencesQuery = defineQuery<readonly Silence[]>('silences');

/** Whoever means for longer than a year means for ever. */
const LONGEST = inMilliseconds('366d');

/**
 * What people have silenced of one target: `silences/<target>` is open as long as there is anything. All of it stands in the memo, where
 * it can be read also while no worker runs. When one is ended before its time, whoever waits for that asks again.
 */
export async function silences(
  carried: readonly Silence[] = [],
  carriedWaiters: readonly Waiter[] = [],
): Promise<void> {
  const border = openBorder();
  const identity = openIdentity();
  let known: readonly Silence[] = parse(upTo(MOST_SILENCES, Silence), carried, STATE);
  let waiting: readonly Waiter[] = parse(upTo(MOST_WAITING, Waiter), carriedWaiters, STATE);
  let ended = false;
  let asked = 0;
  let shown = JSON.stringify(known);
  border.inOrder(() => {
    border.onSignal(silenceSignal, Silence, (silence) => {
      const others = known.filter(({ id }) => id !== silence.id);
      if (others.length >= MOST_SILENCES)
        return border.refuse('silence', `There are ${MOST_SILENCES} silences already`);
      known = [...others, { ...silence, until: atMost(silence.until, LONGEST) }];
      asked += 1;
      void nameSender(silence).finally(() => (asked -= 1));
    });
    border.onSignal(endSignal, End, ({ silence }) => {
      ended ||= known.some(({ id }) => id === silence);
      known = known.filter(({ id }) => id !== silence);
    });
    border.onSignal(waitSignal, Waiter, (waiter) => {
      const next = withWaiter(waiting, waiter);
      if (!next) return border.refuse('wait', `${MOST_WAITING} incidents wait already`);
      waiting = next;
      // What it was told may be over since.
      ended ||= !known.some(({ until }) => Date.parse(until) >= Date.parse(waiter.until));
    });
  });
  setHandler(silencesQuery, () => known, { description: 'What people have silenced' });
  const isLong = () => workflowInfo().continueAsNewSuggested && asked === 0;
  const isNews = () => ended || JSON.stringify(known) !== shown || isLong();

  for (;;) {
    known = known.filter(({ until }) => Date.parse(until) > Date.now());
    show();
    if (ended) {
      ended = false;
      const all = waiting;
      waiting = [];
      await lifted(all);
      continue;
    }
    if (known.length === 0 && asked === 0) return;
    if (isLong()) return continueAsNew<typeof silences>(known, waiting);
    const next = Math.min(...known.map(({ until }) => Date.parse(until)), Date.now() + LONGEST);
    await condition(
      () => isNews() || (known.length === 0 && asked === 0),
      Math.max(next - Date.now(), 1),
    );
  }

  /** It holds at once, whoever said so. */
  async function nameSender(silence: Silence): Promise<void> {
    const by = whoText(await identity.identify(silenceSignal.name, silence));
    known = known.map((one) => (one.id === silence.id ? { ...one, by: by.slice(0, 200) } : one));
  }

  function show(): void {
    const text = JSON.stringify(known);
    if (text === shown) return;
    shown = text;
    upsertMemo({ silences: known });
  }
}
