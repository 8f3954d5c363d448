import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Secret } from '../../../config/schema/security/secrets.ts';
import type { Target } from '../../../config/schema/target.ts';
import { MissingSecret, secretOf } from '../../../config/secret-of.ts';
import { passing, permanent } from '../../../os/failure.ts';
import type { Holder } from './holder.ts';
import { hangUpAfter } from '../../redis/hang-up-after.ts';

type RedisProof = Extract<Secret['prove'], { kind: 'redis' }>;

/**
 * A user of Redis. Its ACL takes several passwords, so that no client is refused while they change. Passwords are named to it by their sha256:
 * neither its log nor `MONITOR` shows one.
 */
export function redisHolder(
  { directory }: Pick<Target, 'directory'>,
  { url, user, admin }: RedisProof,
): Holder {
  const { host } = new URL(url);
  const place = `Redis at ${host}, user ${user}`;
  return {
    place,
    takes: 'both',
    async login(value) {
      try {
        await asUser(user, value, (redis) => redis.ping());
        return 'accepted';
      } catch (error) {
        const { message } = error as Error;
        if (/^(?:WRONGPASS|NOAUTH)\b/.test(message)) return 'refused';
        // It is who it says, and may not ping.
        if (/^NOPERM\b/.test(message)) return 'accepted';
        throw unreachable(error as Error);
      }
    },
    accept: async (value, known) => change(`#${sha256(value)}`, value, known, true),
    dismiss: async (value, known) => change(`!${sha256(value)}`, value, known, false),
  };

  /** Changes nothing that is so already. */
  async function change(rule: string, value: string, known: string, wanted: boolean) {
    const { name, password } = adminOf(known);
    try {
      return await asUser(name, password, async (redis) => {
        const has = (await hashesOf(redis)).includes(sha256(value));
        if (has !== wanted) await redis.call('ACL', 'SETUSER', user, rule);
        await persist(redis);
        return has !== wanted;
      });
    } catch (error) {
      throw unreachable(error as Error);
    }
  }

  async function hashesOf(redis: Redis): Promise<string[]> {
    const answer = (await redis.call('ACL', 'GETUSER', user)) as unknown[] | null;
    if (answer === null) throw permanent('SecretUnclear', `${place}: there is no such user`);
    const passwords = answer[answer.indexOf('passwords') + 1];
    return Array.isArray(passwords) ? passwords.map(String) : [];
  }

  function adminOf(known: string): { readonly name: string; readonly password: string } {
    if (!admin) return { name: user, password: known };
    const { user: name, password } = admin;
    try {
      return { name, password: password === undefined ? '' : secretOf(password, directory) };
    } catch (error) {
      if (error instanceof MissingSecret) throw permanent('SecretMissing', error.message);
      throw error;
    }
  }

  async function asUser<Result>(
    name: string,
    password: string,
    work: (redis: Redis) => Promise<Result>,
  ): Promise<Result> {
    return hangUpAfter(url, work, password === '' ? {} : { username: name, password });
  }

  /** What the server says may quote what it was told. */
  function unreachable(error: Error & { code?: string; type?: string }): Error {
    if (error.type !== undefined) return error;
    const [word = ''] = /^[A-Z]+(?= )/.exec(error.message) ?? [];
    if (word !== '' && word !== 'LOADING')
      return permanent('RedisRefused', `${place}: it refuses to change that (${word})`);
    return passing(
      'RedisUnreachable',
      `${place}: cannot be reached (${error.code ?? (word || error.name)})`,
    );
  }
}

/** Into the file that the server reads at its start: of users, or of its configuration. */
async function persist(redis: Redis): Promise<void> {
  const [, file] = (await redis.call('CONFIG', 'GET', 'aclfile')) as [string?, string?];
  if (file) await redis.call('ACL', 'SAVE');
  // One that was started without any file forgets its users with its end, whoever they are.
  else if (/config_file:\S/.test(await redis.info('server'))) await redis.call('CONFIG', 'REWRITE');
}

function sha256(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
