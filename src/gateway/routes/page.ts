import type { FastifyReply } from 'fastify';

/** Answers with a page that may load nothing, run nothing, stand in no other page, and is kept nowhere. */
export function page(reply: FastifyReply, code: number, html: string): FastifyReply {
  return reply
    .code(code)
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    .send(html);
}
