import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Target } from '../../config/schema/target.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import { inMebibytes } from '../../os/files/disk-space.ts';
import { answerOf } from '../app/answer-of.ts';
import { withRedis } from '../redis/redis-client.ts';

export interface Ways {
  /** What is wrong with one of them: sentences. */
  readonly concerns: readonly string[];
  readonly note: string;
}

const ASKS = 5;
/** The proxy's own share of an answer is a few ms: this much more is worth a sentence. */
const SLOWER = 100;
const INTERVAL = 1000;
/** A page of data is less; an upload of a file of hundreds of MB is at least as much. */
const MUCH = 10 * 2 ** 20;

/** What lies between people and the database: the proxy, the network, the cache. */
export async function ways(target: Target): Promise<Ways> {
  const found = await Promise.all([proxyOf(target), received(), cacheOf(target)]);
  return {
    concerns: found.flatMap(({ concern }) => (concern === undefined ? [] : [concern])),
    note: found.map(({ note }) => note).join('; '),
  };
}

interface Way {
  readonly note: string;
  readonly concern?: string;
}

async function proxyOf({ app, proxy }: Target): Promise<Way> {
  if (!proxy) return { note: 'proxy: not applicable, the target names none' };
  const timeout = inMilliseconds(app.timeout);
  const past = await median(app.url, timeout);
  const through = await median(proxy.url, timeout);
  if (typeof through === 'string') {
    const note = `Through the proxy no answer comes: ${through}`;
    return { note, concern: note };
  }
  const note = `${through} ms through the proxy, ${typeof past === 'string' ? past : `${past} ms`} past it`;
  const slower = typeof past === 'number' && through - past > SLOWER;
  return { note, ...(slower && { concern: `The proxy or the way to it is slow: ${note}` }) };
}

async function median(url: string, timeout: number): Promise<number | string> {
  const times: number[] = [];
  for (let asks = 0; asks < ASKS; asks += 1) {
    const { ok, milliseconds, text } = await answerOf(url, timeout);
    if (!ok) return text;
    times.push(milliseconds);
  }
  return times.toSorted((one, other) => one - other)[Math.floor(ASKS / 2)]!;
}

/** By the interface that receives most: others may carry the same bytes once more. */
async function received(): Promise<Way> {
  const before = bytesReceived();
  if (!before) return { note: 'network: unknown, this system has no /proc' };
  await sleep(INTERVAL);
  const after = bytesReceived() ?? before;
  const rates = [...after].map(
    ([name, bytes]) => [name, bytes - (before.get(name) ?? bytes)] as const,
  );
  const [name = 'none', rate = 0] = rates.toSorted((one, other) => other[1] - one[1])[0] ?? [];
  const note = `${inMebibytes(rate)}/s received on ${name}`;
  const concern = `Much is being received, as in an upload of a large file: ${note}`;
  return { note, ...(rate > MUCH && { concern }) };
}

/** See proc_pid_net(5), /proc/net/dev: the name of each interface, and what it has received, in bytes. */
function bytesReceived(): Map<string, number> | undefined {
  try {
    const lines = readFileSync('/proc/net/dev', 'utf8').matchAll(/^\s*([^\s:]+):\s*(\d+)/gm);
    return new Map([...lines].map(([, name, bytes]) => [name!, Number(bytes)]));
  } catch {
    return undefined;
  }
}

/** Its share of hits since it began to count: only the difference of two times says how it is now. */
async function cacheOf({ app, cache, directory }: Target): Promise<Way> {
  if (!cache)
    return {
      note:
        app.kind === 'streamlit'
          ? 'cache: Streamlit keeps it in its process'
          : 'cache: not applicable, the target has none',
    };
  try {
    const info = await withRedis({ ...cache, directory }, (redis) => redis.info('stats'));
    const figure = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1]);
    const [hits, misses] = [figure('keyspace_hits'), figure('keyspace_misses')];
    const all = hits + misses;
    const share =
      all > 0
        ? `${Math.round((hits / all) * 100)} % hits of ${all} since it counts`
        : 'nothing asked yet';
    return { note: `cache: ${share}` };
  } catch (error) {
    const note = `The cache does not answer: ${(error as Error).message}`;
    return { note, concern: note };
  }
}
