import {
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  getExternalWorkflowHandle,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import { z } from 'zod';
import { STATE } from '../../config/border/excess.ts';
import { By, Moment, upTo, WorkflowId } from '../../config/border/texts.ts';
import { Login } from '../../config/border/who.ts';
import { whoText } from '../../config/text/who-text.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import { openBorder } from '../../engine/border/border.ts';
import { openIdentity } from '../../engine/people/identity.ts';
import { parse } from '../../engine/run/parse.ts';
import { MOST_SILENCES, Silence } from '../../incident/beside/silence.ts';
import { liftedSignal } from '../../incident/messages.ts';

const silenceSignal = defineSignal<[Silence]>('silence');
const End = z.strictObject({ silence: z.uuid(), by: By, login: Login.optional() });
const endSignal = defineSignal<[z.infer<typeof End>]>('end');
/** An incident that pages nobody for it. */
const Waiter = z.object({ incident: WorkflowId, until: Moment });
type Waiter = z.infer<typeof Waiter>;
const waitSignal = defineSignal<[Waiter]>('wait');
const silencesQuery = defineQuery<readonly Silence[]>('silences');

/** Whoever means for longer than a year means for ever. */
const LONGEST = inMilliseconds('366d');
/** Each is told once, and asks again when it is still silenced. */
const MOST_WAITING = 1000;

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
      known = [...others, { ...silence, until: atMost(silence.until) }];
      asked += 1;
      void nameSender(silence).finally(() => (asked -= 1));
    });
    border.onSignal(endSignal, End, ({ silence }) => {
      ended ||= known.some(({ id }) => id === silence);
      known = known.filter(({ id }) => id !== silence);
    });
    border.onSignal(waitSignal, Waiter, (waiter) => {
      const others = waiting.filter(({ incident }) => incident !== waiter.incident);
      if (others.length >= MOST_WAITING)
        return border.refuse('wait', `${MOST_WAITING} incidents wait already`);
      waiting = [...others, waiter];
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
      await Promise.all(all.map(lifted));
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

/** One that is over needs no word. */
async function lifted({ incident }: Waiter): Promise<void> {
  await getExternalWorkflowHandle(incident)
    .signal(liftedSignal, {})
    .catch(() => {});
}

function atMost(until: string): string {
  const last = Date.now() + LONGEST;
  return Date.parse(until) > last ? new Date(last).toISOString() : until;
}
