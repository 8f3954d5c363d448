/** Fastify answers with the status that an error carries: whoever sends alerts sends them again. */
export class ComeAgain extends Error {
  override readonly name = 'ComeAgain';
  readonly statusCode = 503;
}
