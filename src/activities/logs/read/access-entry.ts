import type { Entry } from './entry.ts';
import { jsonEntry } from './json-entry.ts';
import type { Stamps } from './stamps.ts';

const COMBINED = /^(\S+) .*?\] "((?:[^"\\]|\\.)*)" (\d{3})(?: |$)/;

/** A web server's line, as `combined` has it. 5xx is an error, 4xx a warning, 401 a login that failed. Undefined: it is none. */
export function accessEntry(line: string, stamps: Stamps): Entry | undefined {
  if (line.startsWith('{')) return jsonEntry(line, stamps);
  const found = COMBINED.exec(line);
  if (!found) return undefined;
  const [, address, request, code] = found as unknown as [string, string, string, string];
  const status = Number(code);
  return {
    at: stamps.bracketed(line),
    // A query may hold a secret.
    message: request.replace(/\?\S*/, '').replace(/ HTTP\/[\d.]+$/, ''),
    ...(status >= 500 && { level: 'error' as const, type: `HTTP ${code}` }),
    ...(status >= 400 && status < 500 && { level: 'warning' as const }),
    ...(status === 401 && { login: address }),
  };
}
