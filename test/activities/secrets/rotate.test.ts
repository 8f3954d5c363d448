import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  chmodSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { secretActivities } from '../../../src/activities/secrets/secrets-activities.ts';
import type { Secret } from '../../../src/config/schema/security/secrets.ts';
import { type SqliteTarget, Target } from '../../../src/config/schema/target.ts';
import { test } from '../../support/target.ts';
import { hasRedis, startRedis, USER } from './support/redis-with-users.ts';

const STAMP = '20261201_020000';
const OLD = 'old-secret-of-the-cache';
const NAME = 'CACHE_PASSWORD';

describe.skipIf(!hasRedis)('a secret that Redis takes (needs redis-server)', () => {
  test('is taken beside the old one, and the old one is over at the end, also after a restart', async ({
    target,
  }) => {
    const redis = await startRedis(OLD);
    try {
      const { env, secrets } = arrange(target, redisSecret(redis.url));

      expect(await secrets.find(NAME)).toMatchObject({ overlaps: true });
      await secrets.generate(STAMP, NAME);
      await secrets.admit(STAMP);
      const { new: fresh } = kept(target);
      expect([await redis.takes(OLD), await redis.takes(fresh)]).toEqual([true, true]);
      await secrets.write(STAMP);
      await secrets.expectAccepted(STAMP);
      await secrets.dismiss(STAMP);
      await secrets.expectRefused(STAMP);
      await secrets.finish(STAMP, NAME, '2026-12-01T02:00:00.000Z');

      await redis.restart();
      expect([await redis.takes(OLD), await redis.takes(fresh)]).toEqual([false, true]);
      expect(readFileSync(env, 'latin1')).toBe(`A=1\r\nexport ${NAME}="${fresh}" # ours\r\nB=2`);
      expect(statSync(env).mode & 0o777).toBe(0o640);
      expect(readdirSync(join(target.state, 'secrets'))).toEqual(['rotations.json']);
    } finally {
      await redis.stop();
    }
  });

  test('comes back as it was when the new one is not proven', async ({ target }) => {
    const redis = await startRedis(OLD);
    try {
      const { env, secrets } = arrange(target, redisSecret(redis.url));
      const before = readFileSync(env);
      await secrets.generate(STAMP, NAME);
      await secrets.admit(STAMP);
      await secrets.write(STAMP);
      const { new: fresh } = kept(target);

      await secrets.putBack(STAMP);
      await secrets.forget(STAMP);

      expect(readFileSync(env).equals(before)).toBe(true);
      expect([await redis.takes(OLD), await redis.takes(fresh)]).toEqual([true, false]);
      expect(existsSync(join(target.state, 'secrets', `${STAMP}.json`))).toBe(false);
    } finally {
      await redis.stop();
    }
  });

  test('comes back even when the old one was over already', async ({ target }) => {
    const redis = await startRedis(OLD);
    try {
      const { secrets } = arrange(target, redisSecret(redis.url));
      await secrets.generate(STAMP, NAME);
      await secrets.admit(STAMP);
      await secrets.write(STAMP);
      await secrets.dismiss(STAMP);
      expect(await redis.takes(OLD)).toBe(false);

      await secrets.putBack(STAMP);
      await secrets.forget(STAMP);

      expect(await redis.takes(OLD)).toBe(true);
    } finally {
      await redis.stop();
    }
  });

  test('is shown to nobody by the server: neither to a monitor nor in its file of users', async ({
    target,
  }) => {
    const redis = await startRedis(OLD);
    try {
      const { secrets } = arrange(target, redisSecret(redis.url));
      const monitor = await redis.watch();
      await secrets.generate(STAMP, NAME);
      await secrets.admit(STAMP);
      await secrets.dismiss(STAMP);
      await secrets.expectRefused(STAMP);
      monitor.stop();
      const { new: fresh } = kept(target);

      const shown = [...monitor.lines, readFileSync(redis.users, 'utf8')].join('\n');
      expect(monitor.lines.length).toBeGreaterThan(0);
      expect(shown).not.toContain(fresh);
      expect(shown).not.toContain(OLD);
    } finally {
      await redis.stop();
    }
  });

  test('leaves alone what somebody else wrote meanwhile', async ({ target }) => {
    const redis = await startRedis(OLD);
    try {
      const { env, secrets } = arrange(target, redisSecret(redis.url));
      await secrets.generate(STAMP, NAME);
      writeFileSync(env, `${NAME}=of-somebody-else\n`);

      await expect(secrets.write(STAMP)).rejects.toMatchObject({ type: 'FileChanged' });

      expect(readFileSync(env, 'utf8')).toBe(`${NAME}=of-somebody-else\n`);
    } finally {
      await redis.stop();
    }
  });

  test('is refused when it is not the one in use, by a sentence without it', async ({ target }) => {
    const redis = await startRedis('another-one');
    try {
      const { secrets } = arrange(target, redisSecret(redis.url));

      const error = await secrets.find(NAME).catch((reason: Error) => reason);

      expect(error).toMatchObject({ type: 'SecretUnproven' });
      expect((error as Error).message).toContain('that is not the secret in use');
      expect((error as Error).message).not.toContain(OLD);
    } finally {
      await redis.stop();
    }
  });
});

describe('a secret that the application takes', () => {
  test('is proven by its page, which takes one at a time', async ({ target }) => {
    const page = await startPage((value) => value === OLD);
    try {
      const { secrets } = arrange(target, {
        kind: 'http',
        url: page.url,
        as: 'bearer',
        user: '',
        header: 'x',
      });

      expect(await secrets.find(NAME)).toMatchObject({ overlaps: false });
      await secrets.generate(STAMP, NAME);
      await secrets.write(STAMP);
      await expect(secrets.expectAccepted(STAMP)).rejects.toMatchObject({ type: 'SecretUnproven' });
      await expect(secrets.expectRefused(STAMP)).rejects.toMatchObject({
        message: expect.stringContaining('still takes the old one'),
      });
    } finally {
      page.stop();
    }
  });

  test('is not replaced where its page takes anything', async ({ target }) => {
    const page = await startPage(() => true);
    try {
      const { secrets } = arrange(target, {
        kind: 'http',
        url: page.url,
        as: 'bearer',
        user: '',
        header: 'x',
      });

      await expect(secrets.find(NAME)).rejects.toMatchObject({
        type: 'SecretUnproven',
        message: expect.stringContaining('takes any secret'),
      });
    } finally {
      page.stop();
    }
  });

  test('comes from a command by its output, and goes to it by its input', async ({
    target,
    directory,
  }) => {
    const store = join(directory, 'store');
    writeFileSync(store, `${OLD}\n`);
    const page = await startPage((value) => readFileSync(store, 'utf8').trim() === value);
    try {
      const { secrets } = arrange(
        target,
        { kind: 'http', url: page.url, as: 'basic', user: 'shop', header: 'x' },
        { kind: 'command', read: ['cat', store], write: ['dd', `of=${store}`], timeout: '10s' },
      );

      await secrets.generate(STAMP, NAME);
      await secrets.write(STAMP);
      await secrets.expectAccepted(STAMP);
      await secrets.expectRefused(STAMP);

      expect(readFileSync(store, 'utf8')).toBe(kept(target).new);
    } finally {
      page.stop();
    }
  });
});

function redisSecret(url: string): Secret['prove'] {
  return { kind: 'redis', url, user: USER };
}

function arrange(
  target: SqliteTarget,
  prove: Secret['prove'],
  provider: Secret['provider'] = { kind: 'env-file', file: '.env' },
) {
  const env = join(target.directory, '.env');
  writeFileSync(env, `A=1\r\nexport ${NAME}="${OLD}" # ours\r\nB=2`);
  chmodSync(env, 0o640);
  mkdirSync(target.state, { recursive: true });
  const secret = { name: NAME, provider, prove };
  const whole = Target.parse({ ...target, secrets: [secret] });
  return { env, secrets: secretActivities(whole) };
}

function kept({ state }: SqliteTarget): { readonly old: string; readonly new: string } {
  const file = join(state, 'secrets', `${STAMP}.json`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  return JSON.parse(readFileSync(file, 'utf8'));
}

async function startPage(takes: (value: string) => boolean) {
  const server = createServer(({ headers }, answer) => {
    const [kind, text = ''] = (headers.authorization ?? '').split(' ');
    const value = kind === 'Basic' ? Buffer.from(text, 'base64').toString().split(':')[1]! : text;
    answer.writeHead(takes(value) ? 200 : 401).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, stop: () => server.close() };
}
