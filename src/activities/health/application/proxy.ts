import type { Figure } from '../../../figures/figure.ts';
import { whyClosed } from '../../runtime/door/door.ts';
import { answerWithin, notApplicable, type Sampling } from '../sampling.ts';
import { answered } from './application.ts';
import { ask } from './ask.ts';
import { clockOf } from './clock.ts';

/** `proxy.page`, `clock.offset`, `clock.synchronised`: what users see, through the proxy. */
export async function proxy(sampling: Sampling): Promise<readonly Figure[]> {
  const { app, proxy: it } = sampling.target;
  const timeout = answerWithin(sampling);
  if (!it) {
    return [
      notApplicable(sampling, 'proxy.page', 'seconds', 'GET', 'The target has no proxy'),
      ...clockOf(sampling, app.health, await ask(app.health, timeout)),
    ];
  }
  const asked = await ask(it.url, timeout);
  const page = answered(sampling, 'proxy.page', it.url, asked);
  // Whoever has started the application by hand may not know that we keep users out.
  const closed = page.verdict === 'ok' ? undefined : whyClosed(sampling.target);
  return [
    closed === undefined ? page : { ...page, note: `${page.note}. ${closed}: start-application` },
    ...clockOf(sampling, it.url, asked),
  ];
}
