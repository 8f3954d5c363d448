import { setTimeout as sleep } from 'node:timers/promises';
import type { Target } from '../../config/schema/target.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import { permanent } from '../../os/failure.ts';
import { ask, type Asked } from '../health/application/ask.ts';

const PAUSE = 100;
/** A proxy that reads its configuration anew needs a moment, in ms. */
const SOON = 5000;
/** nginx lets its old processes take connections until a tenth of a second after the new ones: one answer of a new one says little. */
const IN_A_ROW = 4;

/** Whether the proxy itself keeps users out. */
export async function refuses(target: Target): Promise<boolean> {
  return isRefusal(await through(target));
}

/** Waits until the proxy refuses, or does no longer. Answers what came last instead, when it does not get there. */
export async function showsSoon(target: Target, closed: boolean): Promise<string | undefined> {
  const end = performance.now() + SOON;
  for (let row = 0; ;) {
    const asked = await through(target);
    row = isRefusal(asked) === closed ? row + 1 : 0;
    if (row === IN_A_ROW) return undefined;
    if (row === 0 && performance.now() >= end) return asked.text;
    await sleep(PAUSE);
  }
}

/** Asks through the proxy until a 2xx comes. Error: `NotServing`, with the last answer. */
export async function expectServing(target: Target): Promise<{ readonly note: string }> {
  const { proxy, app } = target;
  if (!proxy) return { note: 'Not applicable: the target has no proxy' };
  const end = performance.now() + inMilliseconds(app.ready.within);
  for (;;) {
    const { ok, text, seconds } = await through(target);
    if (ok) return { note: `${text} in ${Math.round(seconds * 1000)} ms through the proxy` };
    if (performance.now() >= end)
      throw permanent(
        'NotServing',
        `Expected 2xx from ${proxy.url} within ${app.ready.within}: got ${text}`,
      );
    await sleep(PAUSE);
  }
}

function through({ proxy, app }: Target): Promise<Asked> {
  return ask(proxy!.url, inMilliseconds(app.timeout));
}

/** An application that refuses by itself seldom says when to come back. */
function isRefusal({ text, retryAfter }: Asked): boolean {
  return text === '503' && retryAfter !== undefined;
}
