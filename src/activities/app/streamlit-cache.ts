import { get } from 'node:http';
import { get as getSecurely } from 'node:https';

const OPEN_METRICS = 'application/openmetrics-text';
const MAX_BYTES = 2 ** 20;
const TIMEOUT = 3000;

/**
 * What Streamlit's caches hold, in bytes, by its own metrics. Its figures may be 5 s old. Undefined: it does not say, as before 1.28. An
 * unknown path answers 200 with the page there, so that only the right type, whole, is taken for an answer.
 */
export async function cachedBytes(url: string): Promise<number | undefined> {
  const text = await textOf(metricsOf(url));
  if (text === undefined || !/^# EOF\s*$/m.test(text)) return undefined;
  const values = text.matchAll(/^cache_memory_bytes(?:\{[^\n]*\})? ([\d.e+]+)/gm);
  // Versions of 2023 name a cache twice, with the same figure.
  const lines = new Map([...values].map(([line, value]) => [line, Number(value)]));
  return [...lines.values()].reduce((sum, value) => sum + (Number.isFinite(value) ? value : 0), 0);
}

/** A connection of its own, closed at once: one that is kept would be counted among the users. */
function textOf(place: URL): Promise<string | undefined> {
  return new Promise((resolve) => {
    const ask = place.protocol === 'https:' ? getSecurely : get;
    const headers = { connection: 'close', accept: OPEN_METRICS };
    // Of the whole answer: one that comes drop by drop is none.
    const signal = AbortSignal.timeout(TIMEOUT);
    const request = ask(place, { headers, signal }, (response) => {
      response.on('error', () => resolve(undefined));
      if (!response.headers['content-type']?.startsWith(OPEN_METRICS)) {
        response.destroy();
        return resolve(undefined);
      }
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
        if (text.length > MAX_BYTES) response.destroy();
      });
      response.on('close', () => resolve(text));
    });
    request.on('error', () => resolve(undefined));
  });
}

function metricsOf(url: string): URL {
  const base = new URL(url);
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  base.search = '';
  return new URL('_stcore/metrics', base);
}
