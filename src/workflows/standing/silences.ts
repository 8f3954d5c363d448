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
import {
  EndedSilence,
  matchText,
  MOST_ENDED,
  MOST_SILENCES,
  Silence,
  silencesId,
} from '../../incident/beside/silence.ts';
import { openAuditBeside } from './audit-beside.ts';
import { iso } from './start-beside.ts';
import { atMost, lifted, MOST_WAITING, Waiter, waitSignal, withWaiter } from './waiters.ts';

const silenceSignal = defineSignal<[Silence]>('silence');
const End = z.strictObject({
  silence: z.uuid(),
  by: By,
  login: Login.optional(),
  /** By which its signal is found in history, whose event tells who sent it. */
  id: z.uuid().optional(),
});
const endSignal = defineSignal<[z.infer<typeof End>]>('end');
const silencesQuery = defineQuery<readonly Silence[]>('silences');

/** What was quiet until now by the one that it replaces may be so no more. */
function isLess(silence: Silence, before: Silence): boolean {
  return (
    Date.parse(silence.until) < Date.parse(before.until) ||
    Date.parse(silence.from) > Math.max(Date.parse(before.from), Date.now()) ||
    matchText(silence.match) !== matchText(before.match)
  );
}

/** Whoever means for longer than a year means for ever. */
const LONGEST = inMilliseconds('366d');

/**
 * What people have silenced of one target: `silences/<target>` is open as long as there is anything. All of it stands in the memo, where
 * it can be read also while no worker runs. When one is ended before its time, whoever waits for that asks again. Who silenced what, and who
 * ended it, is in the audit of the target, too.
 */
export async function silences(
  carried: readonly Silence[] = [],
  carriedWaiters: readonly Waiter[] = [],
  carriedEnded: readonly EndedSilence[] = [],
): Promise<void> {
  const border = openBorder();
  const { workflowId } = workflowInfo();
  const audit = openAuditBeside(workflowId, workflowId.slice(silencesId('').length));
  const identity = openIdentity();
  let known: readonly Silence[] = parse(upTo(MOST_SILENCES, Silence), carried, STATE);
  let waiting: readonly Waiter[] = parse(upTo(MOST_WAITING, Waiter), carriedWaiters, STATE);
  let over: readonly EndedSilence[] = parse(upTo(MOST_ENDED, EndedSilence), carriedEnded, STATE);
  /** Why those that wait are to ask again. */
  let again: { readonly why?: string } | undefined;
  let asked = 0;
  let shown = textOf();
  border.inOrder(() => {
    border.onSignal(silenceSignal, Silence, (silence) => {
      const before = known.find(({ id }) => id === silence.id);
      const others = known.filter((one) => one !== before);
      if (others.length >= MOST_SILENCES)
        return border.refuse('silence', `There are ${MOST_SILENCES} silences already`);
      known = [...others, { ...silence, until: atMost(silence.until, LONGEST) }];
      if (before && isLess(silence, before))
        again ??= { why: `${silence.by} has changed the silence of ${matchText(before.match)}` };
      asked += 1;
      void nameSender(silence).finally(() => (asked -= 1));
    });
    border.onSignal(endSignal, End, (end) => {
      const one = known.find(({ id }) => id === end.silence);
      if (!one) return;
      known = known.filter(({ id }) => id !== end.silence);
      const ended = { ...one, endedBy: end.by, endedAt: iso() };
      over = [...over, ended].slice(-MOST_ENDED);
      asked += 1;
      void nameEnder(ended, end).finally(() => (asked -= 1));
    });
    border.onSignal(waitSignal, Waiter, (waiter) => {
      const next = withWaiter(waiting, waiter);
      if (!next) return border.refuse('wait', `${MOST_WAITING} incidents wait already`);
      waiting = next;
      // What it was told may be over since.
      if (!known.some(({ until }) => Date.parse(until) >= Date.parse(waiter.until))) again ??= {};
    });
  });
  setHandler(silencesQuery, () => known, { description: 'What people have silenced' });
  const isBusy = () => asked > 0 || audit.isWriting();
  const isLong = () => workflowInfo().continueAsNewSuggested && !isBusy();
  const isNews = () => again !== undefined || textOf() !== shown || isLong();

  for (;;) {
    known = known.filter(({ until }) => Date.parse(until) > Date.now());
    show();
    if (again) {
      const { why } = again;
      const all = waiting;
      again = undefined;
      waiting = [];
      await lifted(all, why);
      continue;
    }
    if (known.length === 0 && !isBusy()) return;
    if (isLong()) return continueAsNew<typeof silences>(known, waiting, over);
    const next = Math.min(...known.map(({ until }) => Date.parse(until)), Date.now() + LONGEST);
    await condition(
      () => isNews() || (known.length === 0 && !isBusy()),
      Math.max(next - Date.now(), 1),
    );
  }

  /** It holds at once, whoever said so. */
  async function nameSender(silence: Silence): Promise<void> {
    const { at = iso(), ...who } = await identity.identify(silenceSignal.name, silence);
    const by = whoText(who).slice(0, 200);
    known = known.map((one) => (one.id === silence.id ? { ...one, by } : one));
    const { match, from, until, reason } = silence;
    audit.write({
      at,
      what: 'silenced',
      by: who.name,
      who,
      reason: `${matchText(match)} from ${from} until ${until}: ${reason}`,
    });
  }

  /** Whoever waits hears of it at once; by whom it was, as soon as that is known. */
  async function nameEnder(ended: EndedSilence, end: z.infer<typeof End>): Promise<void> {
    const { id, match, reason } = ended;
    const what = `the silence of ${matchText(match)}`;
    again = { why: `${end.by} has ended ${what}` };
    const { at = ended.endedAt, ...who } = await identity.identify(endSignal.name, end);
    const endedBy = whoText(who).slice(0, 200);
    over = over.map((one) => (one.id === id ? { ...one, endedBy } : one));
    const text = `${what} by ${ended.by}: ${reason}`;
    audit.write({ at, what: 'ended', by: who.name, who, reason: text });
  }

  function textOf(): string {
    return JSON.stringify([known, over]);
  }

  function show(): void {
    const text = textOf();
    if (text === shown) return;
    shown = text;
    upsertMemo({ silences: known, ended: over });
  }
}
