import { alertsIn, type Entry, failedLogin } from './entry.ts';
import type { Stamps } from './stamps.ts';

/** A line of JSON: an application's, telemetry, or a web server's in the format that docs/logs.md gives. Undefined: it is none. */
export function jsonEntry(line: string, stamps: Stamps): Entry | undefined {
  const value = parsed(line);
  if (!value) return undefined;
  const at = stamps.value(
    first(value, ['timestamp', 'time', 'ts', '@timestamp', 'msec', 'asctime', 'created']),
  );
  const status = Number(value['status'] ?? NaN);
  const level = levelOf(first(value, ['level', 'levelname', 'severity']), status);
  const request = text(first(value, ['request', 'uri', 'request_uri']));
  const message = text(first(value, ['message', 'msg', 'error'])) ?? pathOf(request) ?? '';
  const event = text(value['event_type']);
  const alerts = alertsIn(message);
  const address = text(first(value, ['remote_addr', 'ip', 'client']));
  const login =
    status === 401
      ? (address ?? 'unknown')
      : failedLogin(message) && (address ?? failedLogin(message));
  return {
    at,
    message,
    ...(level && { level }),
    ...(level === 'error' && { type: typeOf(value, status) }),
    ...(event !== undefined && { event }),
    ...(alerts && { alerts }),
    ...(login !== undefined && { login }),
  };
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function levelOf(level: unknown, status: number): Entry['level'] {
  const word = typeof level === 'string' ? level.toLowerCase() : '';
  if (/^(error|critical|fatal|alert|emerg)/.test(word) || status >= 500) return 'error';
  if (word.startsWith('warn') || (status >= 400 && status < 500)) return 'warning';
  return undefined;
}

function typeOf(value: Readonly<Record<string, unknown>>, status: number): string {
  const named = text(first(value, ['error_type', 'exc_type', 'exception_type', 'exception_class']));
  if (named !== undefined) return named;
  const trace = text(first(value, ['exc_info', 'exception', 'traceback', 'stack']));
  const last = trace?.trimEnd().split('\n').at(-1) ?? '';
  const found = /^((?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*)(?::|$)/.exec(last)?.[1];
  if (found !== undefined) return found;
  if (status >= 500) return `HTTP ${status}`;
  const logger = text(first(value, ['logger', 'name']));
  return logger === undefined ? 'no exception' : `no exception, of ${logger}`;
}

function first(value: Readonly<Record<string, unknown>>, keys: readonly string[]): unknown {
  return keys.map((key) => value[key]).find((one) => one !== undefined && one !== null);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** What was asked for, without what may be a secret. */
function pathOf(request: string | undefined): string | undefined {
  return request?.replace(/\?\S*/, '');
}
