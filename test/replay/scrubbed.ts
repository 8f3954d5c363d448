import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A history without the names of the host and the places where it was recorded. A replay needs neither. */
export function scrubbed(json: string): string {
  const history: unknown = JSON.parse(json, (key, value: unknown) => {
    if (typeof value !== 'string') return value;
    if (key === 'identity') return 'recorder';
    if (key === 'stackTrace') return '';
    return value.replaceAll(`@${hostname()}`, '@recorder');
  });
  for (const text of texts(history))
    for (const place of [ROOT, `@${hostname()}`])
      if (text.includes(place)) throw new Error(`Cannot scrub "${place}" from: ${text}`);
  return `${JSON.stringify(history, null, 1)}\n`;
}

/** Every text, and what payloads carry. */
function texts(value: unknown, key = ''): string[] {
  if (typeof value === 'string')
    return key === 'data' ? [Buffer.from(value, 'base64').toString()] : [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => texts(inner, name));
}
