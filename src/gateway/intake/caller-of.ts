import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { readAcknowledge } from '../../config/links/acknowledge-token.ts';
import { readAnswer } from '../../config/links/answer-token.ts';
import { readStatusToken } from '../../config/links/status-token.ts';
import { type Source, sourceOfHeader } from './sources.ts';

interface Known {
  readonly sources: readonly Source[];
  readonly senders: readonly Source[];
  readonly secret?: string;
}

type Reader = (token: string, secret: string, now: Date) => unknown;
/** By how their addresses begin. */
const readers: Readonly<Record<string, Reader>> = {
  ack: readAcknowledge,
  answer: readAnswer,
  status: readStatusToken,
};

/**
 * Whose number of requests is counted: that of the token or the link, when it is good, and else of the address. So whoever sends junk by
 * way of the same proxy locks nobody out.
 */
export function callerOf({ headers, url, ip }: FastifyRequest, known: Known): string {
  const { sources, senders, secret } = known;
  const source = sourceOfHeader(headers.authorization, sources);
  if (source !== undefined) return `source ${source}`;
  const sender = sourceOfHeader(headers.authorization, senders);
  if (sender !== undefined) return `sender ${sender}`;
  const [, what, token] = /^\/(ack|answer|status)\/([\w.-]+)/.exec(url) ?? [];
  if (secret !== undefined && token !== undefined) {
    if (readers[what!]!(token, secret, new Date()))
      return `link ${createHash('sha256').update(token).digest('base64')}`;
  }
  return `address ${ip}`;
}
