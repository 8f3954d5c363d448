import { rmSync } from 'node:fs';
import type { Target } from '../../config/schema/target.ts';
import { failureOf } from '../../os/failure-of.ts';
import { permanent } from '../../os/failure.ts';
import { withHeld } from '../../os/files/held/with-held.ts';
import { closedText, openingText, openText, readDoor } from '../runtime/door/door.ts';
import { refuses, showsSoon } from './answers.ts';
import { expectTaken, reload } from '../runtime/door/nginx.ts';
import { writeInclude } from '../runtime/door/include.ts';

export interface Turned {
  readonly changed: boolean;
  readonly note: string;
}

interface Closing {
  readonly run: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** Seconds, or a date as HTTP has it. */
  readonly retryAfter: string;
  /** Whether somebody has said when: else what users are told already stays. */
  readonly isKnown: boolean;
}

const NOT_APPLICABLE = 'Not applicable: the target names no "proxy.drain"';

/**
 * Has the proxy refuse users, and sees that it does. What keeps it from that puts the file back: the proxy is left as it was. One that
 * another run has closed is left to that. Errors: `ProxyRefused`, `NotPermitted`.
 */
export async function close(target: Target, closing: Closing): Promise<Turned> {
  const { proxy } = target;
  if (!proxy?.drain) return { changed: false, note: NOT_APPLICABLE };
  const { drain } = proxy;
  const door = readDoor(target);
  const isSaid =
    door?.state === 'closed' && (!closing.isKnown || door.retryAfter === closing.retryAfter);
  if (isSaid && (await refuses(target)))
    return { changed: false, note: `It refuses users since ${door.since}, by ${door.run}` };
  const text = closedText(
    target.name,
    door?.state === 'closed' ? door : closing,
    closing.retryAfter,
  );
  writeInclude(drain.include, text, 'proxy.drain.include');
  try {
    await expectTaken(target, drain, text);
    await reload(target, drain);
    await expectTurned(target, true);
  } catch (error) {
    await putBack();
    throw failureOf(error);
  }
  return { changed: true, note: `It answers 503, with Retry-After ${closing.retryAfter}` };

  async function putBack(): Promise<void> {
    if (door?.state === 'opening')
      writeInclude(drain.include, openingText(target.name, door), 'proxy.drain.include');
    else if (door) writeInclude(drain.include, openText(target.name), 'proxy.drain.include');
    else withHeld((held) => rmSync(held.itself(drain.include), { force: true }));
    // Where it cannot be reloaded it has not read the other one either, or somebody has to look at it anyway.
    await reload(target, drain).catch(() => {});
  }
}

/**
 * Lets users through again, and sees that the proxy refuses them no longer. `of`: only when this run has closed it. Where the
 * proxy does not read its configuration the file is open all the same, for whoever has it read, and says that it is not seen
 * yet: the next who opens it goes on. Error: `ProxyRefused`.
 */
export async function open(target: Target, of?: string): Promise<Turned> {
  const { proxy } = target;
  if (!proxy?.drain) return { changed: false, note: NOT_APPLICABLE };
  const { drain } = proxy;
  const door = readDoor(target);
  if (!door) return { changed: false, note: 'It was never closed' };
  if (door.state === 'open') return { changed: false, note: 'It is open' };
  if (of !== undefined && door.run !== of)
    return { changed: false, note: `It stays closed, by ${door.run}` };
  const text = openingText(target.name, door);
  writeInclude(drain.include, text, 'proxy.drain.include');
  await expectTaken(target, drain, text);
  await reload(target, drain);
  await expectTurned(target, false);
  writeInclude(drain.include, openText(target.name), 'proxy.drain.include');
  return { changed: true, note: 'It lets users through' };
}

async function expectTurned(target: Target, closed: boolean): Promise<void> {
  const last = await showsSoon(target, closed);
  if (last === undefined) return;
  const wanted = closed ? '503 with Retry-After' : 'anything but 503 with Retry-After';
  throw permanent(
    'ProxyRefused',
    `The proxy was told to read its configuration anew: expected ${wanted} from ${target.proxy!.url}, got ${last}`,
  );
}
