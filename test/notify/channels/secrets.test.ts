import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, vi } from 'vitest';
import { startMailServer } from './support/mail-server.ts';
import { test } from './support/world.ts';

const CANARY = 'c4nary-0f-the-tests';
/** As it would look in a URL, a header or a login. */
const FORMS = ['utf8', 'base64', 'hex'].map((form) =>
  Buffer.from(CANARY)
    .toString(form as BufferEncoding)
    .replace(/=+$/, ''),
);

const channels = (pd: string, file: string) => ({
  mail: { kind: 'smtp', url: 'env:MAIL' },
  slack: { kind: 'slack-webhook', url: 'env:SLACK' },
  pager: { kind: 'pagerduty', key: 'env:KEY', url: pd },
  hook: { kind: 'webhook', url: 'env:HOOK', secret: 'env:SIGN' },
  watch: { kind: 'healthchecks', url: 'env:CHECK' },
  desk: { kind: 'log', file },
});

afterEach(() => vi.restoreAllMocks());

describe('a secret', () => {
  test('is in no message, no detail and no log, whatever the other side answers', async ({
    world,
    directory,
  }) => {
    const output: string[] = [];
    for (const stream of [process.stdout, process.stderr])
      vi.spyOn(stream, 'write').mockImplementation((text) => output.push(String(text)) > 0);
    const file = join(directory, 'desk.jsonl');
    const told: string[] = [];

    for (const status of [200, 400, 429, 500, undefined]) {
      // The worst of services: it repeats what it got.
      const service = await world.listen((response, { path, headers, body }) => {
        told.push(headers['content-type']!, body.replace(`"routing_key":"${CANARY}"`, ''));
        const echo = `${path} ${JSON.stringify(headers)} ${body}`;
        if (status === undefined) response.socket!.resetAndDestroy();
        else response.writeHead(status, { location: path, 'retry-after': CANARY }).end(echo);
      });
      const mail = await startMailServer({
        onAuth({ username, password }, _session, answer) {
          if (status === 200) return answer(undefined, { user: 'me' });
          const text = `5.7.8 No: ${username} ${password} ${btoa(password!)}`;
          answer(Object.assign(new Error(text), { responseCode: status === 500 ? 535 : 454 }));
        },
      });
      const secrets = {
        'env:MAIL': `smtp://me:${CANARY}@${mail.host}`,
        'env:SLACK': `${service.url}/services/${CANARY}`,
        'env:KEY': CANARY,
        'env:HOOK': `${service.url.replace('//', `//me:${CANARY}@`)}/${CANARY}?key=${CANARY}`,
        'env:SIGN': CANARY,
        'env:CHECK': `${service.url}/${CANARY}`,
      };

      const deliveries = await world.send(
        channels(service.url, file),
        { urgent: true },
        { secrets },
      );

      told.push(...mail.mails.map((mail) => JSON.stringify(mail)), JSON.stringify(deliveries));
      // What only takes copies is reported when it fails.
      expect(deliveries).toHaveLength(status === 200 ? 4 : 5);
      await mail.close();
    }

    told.push(readFileSync(file, 'utf8'), ...output);
    expect(told.length).toBeGreaterThan(40);
    for (const form of FORMS)
      expect(told.filter((text) => text.toLowerCase().includes(form.toLowerCase()))).toEqual([]);
  });

  test('is disclosed by no error of a library either', async ({ world }) => {
    const bad = [`smtp://me:${CANARY}@no such host`, CANARY, `http://${CANARY}:99999/`];

    for (const secret of bad) {
      const secrets = { 'env:MAIL': secret, 'env:SLACK': secret, 'env:HOOK': secret };
      const { mail, slack, hook, watch } = channels('http://127.0.0.1:1/', '');
      const deliveries = await world.send(
        {
          mail,
          slack,
          hook: { ...hook, url: 'env:HOOK', secret: 'env:HOOK' },
          watch: { ...watch, url: 'env:HOOK' },
        },
        { urgent: true },
        { secrets },
      );

      expect(deliveries.map(({ delivered }) => delivered)).toEqual([false, false, false, false]);
      expect(JSON.stringify(deliveries)).not.toContain(CANARY);
    }
  });
});
