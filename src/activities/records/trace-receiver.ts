import { environment } from '../../config/environment.ts';

/** Where traces go, by the variables that OpenTelemetry has for it. */
export interface TraceReceiver {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly service: string;
  /** What else is known of who sends. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Undefined: nobody asked for traces. Error: a sentence, where the endpoint is no URL of HTTP, or a file cannot be read. */
export function traceReceiver(): TraceReceiver | undefined {
  const settings = environment();
  const { endpoint, tracesEndpoint, service, attributes, isOff } = settings.otel;
  const asked = tracesEndpoint ?? endpoint;
  if (asked === undefined || isOff) return undefined;
  const url = URL.parse(asked);
  // It may hold a password, and is not shown.
  if (!url || !/^https?:$/.test(url.protocol)) throw new Error('Their endpoint is no URL of HTTP');
  // Of the one for all signals it is the base.
  if (tracesEndpoint === undefined) url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`;
  return {
    url,
    headers: pairsIn(settings.otelHeaders ?? ''),
    service: service ?? 'durable-runbooks',
    attributes: pairsIn(attributes ?? ''),
  };
}

/** `name=value,other=value`; what a value must not hold is there as `%2C`. */
function pairsIn(text: string): Record<string, string> {
  const pairs = text.split(',').flatMap((pair) => {
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(0, at)).trim();
    return name ? [[name, decoded(pair.slice(at + 1).trim())] as const] : [];
  });
  return Object.fromEntries(pairs);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
