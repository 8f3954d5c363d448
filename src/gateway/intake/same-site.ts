import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

type Asked = Pick<FastifyRequest, 'headers' | 'host' | 'method' | 'url'>;

/** Whether a page of another site made a browser send this. What is no browser says nothing of the kind. */
export function isFromOtherSite({ headers, host }: Asked): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'none' && site !== 'same-origin') return true;
  const from = headers.origin ?? headers.referer;
  return from !== undefined && URL.parse(from)?.host !== host;
}

/** A browser names itself so, whatever page it asks for. */
export function isBrowser({ headers }: Asked): boolean {
  return headers['user-agent']?.startsWith('Mozilla/') ?? false;
}

/** The name by which it was asked for is one of this host: no other name was made to lead here. */
export function isLocal(host: string): boolean {
  const name = host
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1');
  return isLoopback(name);
}

/** A name or an address, without port and brackets. */
export function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));
}
