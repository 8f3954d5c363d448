/** Fastify answers with the status that an error carries. */
export class Unauthorized extends Error {
  override readonly name = 'Unauthorized';
  readonly statusCode = 401;

  constructor(variable = 'RUNBOOK_GATEWAY_TOKENS') {
    super(`This needs a token of ${variable}`);
  }
}
