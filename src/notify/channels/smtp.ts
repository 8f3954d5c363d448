import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { createTransport } from 'nodemailer';
import { htmlOf } from './html-of.ts';
import { markdownOf, type Message } from './message.ts';
import { PAUSE, tryTwice, Undelivered } from './undelivered.ts';

/** Names on this machine itself, where no line is listened to. */
const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * One mail to the contact's address. All mails of one incident answer the same message, which was never sent, so that they are
 * one thread whoever gets which of them first. A second try has the same Message-ID. Error: `Undelivered`.
 */
export async function sendMail(
  { url, from }: { url: string; from: string | undefined },
  message: Message,
  signal: AbortSignal,
): Promise<string> {
  const server = serverOf(url);
  const { key, thread, subject, urgent, recipient, acknowledge, answer } = message;
  const links = {
    ...(answer && { Answer: answer }),
    ...(acknowledge && { Acknowledge: acknowledge }),
  };
  const sender = from ?? senderOf(server);
  const domain = sender.slice(sender.lastIndexOf('@') + 1);
  const root = messageId(thread, domain);
  const markdown = markdownOf(message);
  const transport = createTransport({
    url,
    // A password goes over no line that anybody could read.
    ...(server.password && !loopback.test(server.hostname) && { requireTLS: true }),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const mail = {
    from: sender,
    to: { name: '', address: recipient.email! },
    subject,
    messageId: messageId(key, domain),
    inReplyTo: root,
    references: root,
    date: dateOf(message.at),
    text: `${[markdown, ...Object.entries(links).map(([name, link]) => `${name}: ${link}`)].join('\n\n')}\n`,
    html: htmlOf(markdown, links),
    // Answering machines keep silent.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    ...(urgent && { priority: 'high' as const }),
    signal,
  };
  return tryTwice(async () => {
    try {
      const { response } = await transport.sendMail(mail);
      return `${codesOf(response)} from ${server.host}`;
    } catch (error) {
      throw signal.aborted ? error : undelivered(error as MailError, server.host);
    }
  }, signal);
}

/** As RFC 5322 writes it: `Mon, 05 Jan 2026 02:00:00 +0000`. */
function dateOf(at: string): string {
  return new Date(at).toUTCString().replace('GMT', '+0000');
}

interface MailError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
}

/** 4xx may pass, as a lost connection may; 5xx and a wrong password may not. */
function undelivered(error: MailError, host: string): Undelivered {
  const { code, responseCode, response, message } = error;
  const [reason] = /\bE[A-Z_]{3,}\b/.exec(message) ?? [];
  if (code === 'EAUTH')
    return new Undelivered(`${codesOf(response)} from ${host}: it refuses name or password`);
  if (responseCode) {
    const again = responseCode >= 400 && responseCode < 500;
    return new Undelivered(`${codesOf(response)} from ${host}`, again ? PAUSE : undefined);
  }
  const again = ['ECONNECTION', 'ESOCKET', 'ETIMEDOUT', 'EDNS'].includes(code ?? '');
  const why = reason ?? code ?? error.name;
  return new Undelivered(`No mail through ${host} (${why})`, again ? PAUSE : undefined);
}

/** `250 2.0.0`, and the name that the server gave the mail: the rest is its own text, and might quote a secret. */
function codesOf(response = ''): string {
  const [codes = 'No answer'] = /^\d{3}([ -]\d\.\d{1,3}\.\d{1,3})?/.exec(response) ?? [];
  const [, queued] = /^2.*\bqueued as ([\w-]{1,40})/i.exec(response) ?? [];
  return `${codes.replace('-', ' ')}${queued ? `, queued as ${queued}` : ''}`;
}

function serverOf(url: string): URL {
  if (/^smtps?:\/\/./.test(url) && URL.canParse(url)) return new URL(url);
  throw new Undelivered('The secret holds no smtp:// or smtps:// URL');
}

function senderOf({ username }: URL): string {
  const name = decodeURIComponent(username);
  return name.includes('@') ? name : `runbooks@${hostname()}`;
}

function messageId(name: string, domain: string): string {
  return `<${createHash('sha256').update(name).digest('hex').slice(0, 32)}@${domain}>`;
}
