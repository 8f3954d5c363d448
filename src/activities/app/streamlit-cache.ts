import { sendHttp } from '../../os/http/send-http.ts';

const OPEN_METRICS = 'application/openmetrics-text';
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

async function textOf(place: URL): Promise<string | undefined> {
  try {
    // Of the whole answer: one that comes drop by drop is none.
    const signal = AbortSignal.timeout(TIMEOUT);
    const answer = await sendHttp(place, { headers: { accept: OPEN_METRICS }, signal });
    const type = answer.headers['content-type'];
    if (typeof type === 'string' && type.startsWith(OPEN_METRICS)) return await answer.text();
    answer.drop();
  } catch {
    // It does not say.
  }
  return undefined;
}

function metricsOf(url: string): URL {
  const base = new URL(url);
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  base.search = '';
  return new URL('_stcore/metrics', base);
}
