import { describe, expect } from 'vitest';
import { z } from 'zod';
import { mrkdwnOf } from '../../../src/notify/channels/mrkdwn-of.ts';
import { test, type World } from './support/world.ts';

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks, and the arguments of Slack's own client. */
const Payload = z.strictObject({
  text: z.string().min(1).max(4000),
  unfurl_links: z.boolean().optional(),
  unfurl_media: z.boolean().optional(),
});
const channels = { slack: { kind: 'slack-webhook', url: 'env:SLACK' } };

/** In the place of Slack: answers as its incoming webhooks do. */
async function slack(world: World) {
  const service = await world.listen((response, { path, body }) => {
    if (path !== '/services/T0/B0/xyzzy') response.writeHead(404).end('no_service');
    else if (!Payload.safeParse(JSON.parse(body)).success)
      response.writeHead(400).end('invalid_payload');
    else response.end('ok');
  });
  const texts = () => service.heard.map(({ body }) => Payload.parse(JSON.parse(body)).text);
  return { service, texts, secrets: { 'env:SLACK': `${service.url}/services/T0/B0/xyzzy` } };
}

describe('a message to Slack', () => {
  test('mentions the contact and says it in its own notation', async ({ world }) => {
    const { service, texts, secrets } = await slack(world);

    const [delivery] = await world.send(channels, {}, { secrets });

    expect(delivery).toEqual({
      channel: 'slack',
      delivered: true,
      detail: `HTTP 200 from ${service.host}`,
    });
    expect(texts()[0]).toBe(
      [
        '#ops-team *sev1 shop: The shop is down*',
        '*The shop is down*',
        '',
        '• Since: 2026-01-05T02:00:00Z',
        '———',
        'sev1 of shop, 2026-01-05T02:00:00.000Z, for operations',
      ].join('\n'),
    );
  });

  test('mentions ids, and nobody by text from outside', async ({ world }) => {
    const { texts, secrets } = await slack(world);
    const mentions = ['U012AB3CD', 'S012AB3CD', 'C012AB3CD', '@here', '#ops', '<!channel>'];

    for (const mention of mentions) {
      const contacts = { operations: { members: [], slack: mention } };
      const page = { subject: '<!everyone> & <@U999>', body: '<!here> `<!here>`\n\n    <!here>' };
      await world.send(channels, page, { secrets, contacts });
    }

    expect(texts().map((text) => text.split(' ')[0])).toEqual([
      '<@U012AB3CD>',
      '<!subteam^S012AB3CD>',
      '<#C012AB3CD>',
      '<!here>',
      '#ops',
      '&lt;!channel&gt;',
    ]);
    expect(texts()[4]).toContain('&lt;!everyone&gt; &amp; &lt;@U999&gt;');
    expect(texts()[4]).not.toContain('<');
  });

  test('is cut rather than refused', async ({ world }) => {
    const { secrets } = await slack(world);

    const [delivery] = await world.send(channels, { body: 'x'.repeat(50_000) }, { secrets });

    expect(delivery!.delivered).toBe(true);
  });

  test('that is refused is reported in the codes of Slack that are known, and in no others', async ({
    world,
  }) => {
    const { service } = await slack(world);
    const other = await world.listen((response, { path }) => response.writeHead(403).end(path));

    const [gone] = await world.send(channels, {}, { secrets: { 'env:SLACK': service.url } });
    const [echo] = await world.send(channels, {}, { secrets: { 'env:SLACK': `${other.url}/x` } });

    expect(gone!.detail).toBe(`HTTP 404 from ${service.host}: no_service`);
    expect(echo!.detail).toBe(`HTTP 403 from ${other.host}`);
  });
});

describe('mrkdwnOf', () => {
  test('writes Markdown as Slack reads it', () => {
    const markdown = `# Title

One **bold** and *leaning* [word](https://example.com/?a=1&b=2)
and \`code <1>\`

1. first
2. second
   - below

> quoted
> further

\`\`\`
a < b
\`\`\`
![picture](http://spy/p.png)`;

    expect(mrkdwnOf(markdown)).toBe(`Title
One *bold* and _leaning_ [word](https://example.com/?a=1&amp;b=2)
and \`code &lt;1&gt;\`

1. first
2. second
    • below
> quoted
> further

\`\`\`
a &lt; b
\`\`\`
![picture](http://spy/p.png)`);
  });
});
