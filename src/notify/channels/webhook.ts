import { createHmac } from 'node:crypto';
import { type Message, shownOf } from './message.ts';
import { post } from './post.ts';

/** One POST of JSON: the page, and who it is for. Signed when there is a secret. Error: `Undelivered`. */
export async function sendToWebhook(
  { url, secret }: { url: string; secret: string | undefined },
  { recipient, ...message }: Message,
  signal: AbortSignal,
): Promise<string> {
  const page = shownOf(message);
  const body = JSON.stringify({ version: 1, ...page, phone: recipient.phone });
  // Header values are ASCII.
  const key = encodeURI(page.key);
  const headers = { 'idempotency-key': key, ...(secret && signed(key, body, secret)) };
  return post({ url, body, headers }, signal);
}

/** As Standard Webhooks says: HMAC-SHA256 over id, time and the raw body, so that it can be neither changed nor played later. */
function signed(id: string, body: string, secret: string): Record<string, string> {
  const timestamp = `${Math.floor(Date.now() / 1000)}`;
  const encoded = /^whsec_(.*)$/.exec(secret)?.[1];
  const key = Buffer.from(encoded ?? secret, encoded === undefined ? 'utf8' : 'base64');
  const hmac = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${hmac}`,
  };
}
