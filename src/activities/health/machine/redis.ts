import type { Redis } from 'ioredis';
import type { Figure } from '../../../figures/figure.ts';
import { failureOf } from '../../../os/failure-of.ts';
import { inMebibytes } from '../../../os/files/disk-space.ts';
import { withRedis } from '../../redis/redis-client.ts';
import { limitsOf } from '../judging/judged.ts';
import { measured, notApplicable, type Sampling, unknown } from '../sampling.ts';

const UNITS = {
  'redis.ping': 'seconds',
  'redis.write': 'seconds',
  'redis.memory': 'bytes',
  'redis.hitRatio': 'ratio',
} as const;
type Name = keyof typeof UNITS;

/** In seconds: whatever becomes of us, the key goes. */
const EXPIRY = 10;

/** `redis.ping`, `redis.write` (a key of our own, read back), `redis.memory`, `redis.hitRatio` over the time since the last sample. */
export async function redis(sampling: Sampling): Promise<readonly Figure[]> {
  const { cache, directory } = sampling.target;
  const names = Object.keys(UNITS) as Name[];
  if (!cache)
    return names.map((name) =>
      notApplicable(sampling, name, UNITS[name], 'Redis', 'The target has no cache'),
    );
  const source = 'Redis';
  const prefix = cache.scope.slice('prefix:'.length);
  try {
    return await withRedis({ ...cache, directory }, async (client) => {
      const begun = performance.now();
      // Asked before our own key adds to what is counted.
      const info = await client.info();
      const loading = loadingText(info);
      if (loading !== undefined)
        return down(loading, 'It loads its data, and answers no command yet');
      await client.ping();
      const seconds = (performance.now() - begun) / 1000;
      return [
        measured(
          sampling,
          'redis.ping',
          { value: seconds, unit: 'seconds', source, note: 'It answers' },
          { verdict: 'ok', limit: 'critical without an answer' },
        ),
        await written(sampling, client, `${prefix}probe`),
        memoryOf(sampling, info),
        hitRatio(sampling, info),
      ];
    });
  } catch (error) {
    const { message } = failureOf(error);
    return down(message, message);
  }

  function down(why: string, others: string): Figure[] {
    const [ping, ...rest] = names;
    return [
      measured(
        sampling,
        ping!,
        { value: 0, unit: UNITS[ping!], source, note: why },
        { verdict: 'critical', limit: 'critical without an answer' },
      ),
      ...rest.map((name) => unknown(sampling, name, UNITS[name], source, others)),
    ];
  }
}

function loadingText(info: string): string | undefined {
  if (fieldOf(info, 'loading') !== '1') return undefined;
  const share = fieldOf(info, 'loading_loaded_perc');
  const eta = fieldOf(info, 'loading_eta_seconds');
  return `It is still loading its data: ${share ?? '?'} %, ${eta ?? '?'} s left`;
}

/** A full server answers PING and reads: only a write shows it. */
async function written(sampling: Sampling, client: Redis, key: string): Promise<Figure> {
  const begun = performance.now();
  const value = crypto.randomUUID();
  const source = `SET ${key}`;
  const answer = (note: string, verdict: Figure['verdict']) =>
    measured(
      sampling,
      'redis.write',
      { value: (performance.now() - begun) / 1000, unit: 'seconds', source, note },
      { verdict, limit: 'critical when a key cannot be written and read back' },
    );
  try {
    await client.set(key, value, 'EX', EXPIRY);
    const read = await client.get(key);
    // Two samples at a time write the same key: any value of theirs is as good.
    return read === null
      ? answer('What was written is not there', 'critical')
      : answer('Written and read back', 'ok');
  } catch (error) {
    const { message } = error as Error;
    const full = message.startsWith('OOM');
    return answer(full ? `It is full: ${message}` : `It takes no write: ${message}`, 'critical');
  }
}

function memoryOf(sampling: Sampling, info: string): Figure {
  const used = Number(fieldOf(info, 'used_memory'));
  if (Number.isNaN(used))
    return unknown(
      sampling,
      'redis.memory',
      'bytes',
      'INFO memory',
      'It does not say what it uses',
    );
  const most = Number(fieldOf(info, 'maxmemory') ?? 0);
  const evicts = fieldOf(info, 'maxmemory_policy') !== 'noeviction';
  const of = most > 0 ? ` of ${inMebibytes(most)}` : '';
  const reading = {
    value: used,
    unit: 'bytes',
    source: 'INFO memory',
    note: `${inMebibytes(used)}${of} used`,
  } as const;
  // One that evicts is full in good health.
  const near = most > 0 && !evicts && used > most * 0.9;
  return measured(sampling, 'redis.memory', reading, {
    verdict: near ? 'warning' : 'ok',
    ...(most > 0 && !evicts && { limit: 'warning above 90%' }),
  });
}

function hitRatio(sampling: Sampling, info: string): Figure {
  const { since, target } = sampling;
  const source = 'INFO stats';
  const name = 'redis.hitRatio';
  const hits = since.grown('redis.hits', Number(fieldOf(info, 'keyspace_hits')));
  const misses = since.grown('redis.misses', Number(fieldOf(info, 'keyspace_misses')));
  if (!hits || !misses)
    return notApplicable(
      sampling,
      name,
      'ratio',
      source,
      'Nothing to compare with: first sample, or reset since',
    );
  // Our own probe of the last sample was one hit.
  const own = Math.min(1, hits.by);
  const asked = hits.by - own + misses.by;
  if (asked === 0)
    return notApplicable(
      sampling,
      name,
      'ratio',
      source,
      'Nothing was asked since the last sample',
    );
  const value = (hits.by - own) / asked;
  return measured(
    sampling,
    name,
    { value, unit: 'ratio', source, note: `${Math.round(value * 100)} % of ${asked} reads` },
    limitsOf(target, 'cacheHitRatio'),
  );
}

function fieldOf(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
}
