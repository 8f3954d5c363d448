import { ApplicationFailure } from '@temporalio/common';
import { passing, permanent } from '../../../../os/failure.ts';
import { redacted } from '../../../../os/redacted.ts';
import { connectionText, type PostgresConnection } from './connection.ts';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: those that say what to do. */
const types: Readonly<Record<string, (text: string, where: string) => ApplicationFailure>> = {
  '28P01': (text, where) => permanent('PostgresRefused', `${where} refuses: ${text}`),
  '28000': (text, where) => permanent('PostgresRefused', `${where} refuses: ${text}`),
  '3D000': (text, where) => permanent('DatabaseMissing', `Cannot find ${where}: ${text}`),
  '42501': (text, where) =>
    permanent('NotPermitted', `${where}: ${text}. See "Rights" in docs/postgres.md`),
  '53100': (text, where) => permanent('NoSpace', `No space left at ${where}: ${text}`),
  '55P03': (text, where) => passing('DatabaseLocked', `${where} is locked: ${text}`),
  '55006': (text, where) => passing('DatabaseInUse', `${where} is in use: ${text}`),
  XX001: (text, where) => permanent('DatabaseCorrupt', `${where} is damaged: ${text}`),
  XX002: (text, where) => permanent('DatabaseCorrupt', `${where} is damaged: ${text}`),
};

/** Starting, stopping, full of connections, or cut off: it may pass. */
const UNREACHABLE = /^(08|57P|53[23])/;

/** What a client or a server says, as a failure of ours: a sentence without secrets. */
export function failureFor(error: unknown, connection: PostgresConnection): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  const { code = '', message } = error as Error & { code?: string };
  const where = connectionText(connection);
  const text = withoutPassword(redacted(message || code), connection);
  if (/^[0-9A-Z]{5}$/.test(code)) {
    const known = types[code];
    if (known) return known(text, where);
    if (!UNREACHABLE.test(code)) return permanent('DatabaseUnreadable', `${where} says: ${text}`);
  }
  // A password is asked for, and there is none.
  if (message.startsWith('SASL')) return permanent('PostgresRefused', `${where} refuses: ${text}`);
  return passing('PostgresUnreachable', `Cannot reach ${where}: ${text}`);
}

/** Whether what PostgreSQL says proves damage. */
export function isDamage(error: unknown): boolean {
  const { code, type } = error as { code?: string; type?: string };
  return code === 'XX001' || code === 'XX002' || type === 'DatabaseCorrupt';
}

function withoutPassword(text: string, { password }: PostgresConnection): string {
  return password === undefined ? text : text.replaceAll(password, '***');
}
