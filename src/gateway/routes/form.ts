import type { FastifyInstance } from 'fastify';
import { markup } from '../../report/html/markup.ts';
import { page } from './page.ts';
import { plainPage, unsurePage } from './plain-page.ts';

/** A note of 4000 letters, as a browser encodes it. */
const MAX_BYTES = 50_000;

/** What the pages of links answer: forms as browsers send them, and errors as pages. */
export function takeForms(app: FastifyInstance): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: MAX_BYTES },
    (_, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
  // Anything else that is sent says nothing more than the link.
  app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: 1024 }, (_, __, done) =>
    done(null),
  );
  app.setErrorHandler<Error & { statusCode?: number }>(({ statusCode = 500, message }, _, reply) =>
    statusCode < 500
      ? page(reply, statusCode, plainPage('Nothing was done', markup`<p>${message}</p>`))
      : page(reply, 503, unsurePage),
  );
}

/** A field of the form; empty when it is not there. */
export function fieldOf(body: unknown, name: string): string {
  const value = (body as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return typeof value === 'string' ? value.trim() : '';
}
