import { request as httpRequest } from 'node:http';
import { fc } from '@fast-check/vitest';
import { TOKEN, type World } from './gateway.ts';

const strings = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('__proto__', '\0', '\uD800', 'constructor', 'x'.repeat(5000)),
);
const time = fc.oneof(
  fc.date({ noInvalidDate: true }).map((date) => date.toJSON()),
  strings,
);
const labels = fc.dictionary(strings, strings, { maxKeys: 5 });
const odd = <Value>(usual: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 12, arbitrary: usual }, fc.anything() as fc.Arbitrary<never>);
const alert = fc.record(
  {
    status: odd(fc.constantFrom('firing', 'resolved')),
    labels: odd(labels),
    annotations: odd(labels),
    startsAt: odd(time),
    endsAt: odd(time),
    generatorURL: odd(fc.oneof(fc.webUrl(), strings)),
    unknown: fc.anything(),
  },
  { requiredKeys: ['status', 'labels'] },
);
const alerts = fc.array(alert, { maxLength: 4 });
const event = fc.record(
  {
    event_action: odd(fc.constantFrom('trigger', 'acknowledge', 'resolve')),
    dedup_key: odd(strings),
    payload: fc.record({
      summary: odd(strings),
      source: odd(strings),
      severity: odd(fc.constantFrom('critical', 'error', 'warning', 'info')),
      timestamp: time,
      custom_details: fc.anything(),
    }),
    links: fc.anything(),
  },
  { requiredKeys: ['event_action'] },
);

/** Without what JSON cannot say. */
function json(value: unknown): string {
  try {
    return (
      JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}` : part)) ??
      ''
    );
  } catch {
    return '';
  }
}

const shaped = fc.oneof(
  fc.record({
    path: fc.constant('/alertmanager/webhook'),
    body: fc.record({ alerts: odd(alerts), truncatedAlerts: odd(fc.nat(1)) }).map(json),
  }),
  fc.record({ path: fc.constant('/api/v2/alerts'), body: odd(alerts).map(json) }),
  fc.record({ path: fc.constant('/v2/enqueue'), body: odd(event).map(json) }),
);
const shapeless = fc.record({
  path: fc.oneof(
    fc.constantFrom('/alertmanager/webhook', '/api/v2/alerts', '/v2/enqueue', '/healthz', '/'),
    fc.webPath().map((path) => `/ack${path}`),
  ),
  body: fc.oneof(strings, fc.json(), fc.anything().map(json)),
});

/** Most of them get past the token: what is refused there reaches nothing that could break. */
const mostly = <Value>(usual: Value, ...others: Value[]) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, ...others.map((one) => fc.constant(one)));

const envelope = fc.record({
  method: mostly('POST', 'GET', 'PUT', 'HEAD', 'OPTIONS'),
  type: mostly('application/json', 'application/json; charset=utf-16', 'text/plain', '', 'a/b'),
  authorization: fc.constantFrom(
    undefined,
    'Bearer x',
    'Basic !!!',
    `Bearer ${TOKEN.slice(1)}`,
    'Bearer ',
  ),
});

export const hostile = fc
  .tuple(envelope, fc.oneof({ weight: 3, arbitrary: shaped }, shapeless))
  .map(([one, other]) => ({ ...one, ...other }));
export type Hostile = typeof hostile extends fc.Arbitrary<infer Request> ? Request : never;

/** Sends it as it is: `fetch` would put much of it right. Answers the status. */
export function sendHostile(
  { address }: World,
  { method, path, type, authorization, body }: Hostile,
  token?: string,
): Promise<number> {
  const header = token ?? authorization;
  return new Promise((settle, fail) => {
    const request = httpRequest(`${address}${path}`, {
      method,
      headers: {
        ...(type && { 'content-type': type }),
        ...(header !== undefined && { authorization: header }),
      },
    });
    request.on('error', fail);
    request.on('response', (response) => {
      response.resume();
      response.on('end', () => settle(response.statusCode!));
    });
    request.end(['GET', 'HEAD', 'OPTIONS'].includes(method) ? undefined : body);
  });
}
