import { createHash, timingSafeEqual } from 'node:crypto';
import { UsageError } from '../../config/usage-error.ts';

/** Who may send alerts. */
export interface Source {
  readonly name: string;
  readonly token: string;
}

const SHORTEST = 16;
const hint = 'RUNBOOK_GATEWAY_TOKENS="alertmanager:$(openssl rand -hex 24)"';

/** Reads `name:token name:token`. Error: `UsageError`, which never quotes a token. */
export function readSources(text = ''): Source[] {
  const sources = text.split(/\s+/).filter(Boolean).map(sourceOf);
  const names = sources.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new UsageError(`Cannot read RUNBOOK_GATEWAY_TOKENS: "${twice}" is named twice`, hint);
  return sources;
}

function sourceOf(entry: string, index: number): Source {
  const [, name, token] = /^([a-z][a-z0-9-]{0,39}):(\S+)$/.exec(entry) ?? [];
  if (!name || !token)
    throw new UsageError(
      `Cannot read RUNBOOK_GATEWAY_TOKENS: entry ${index + 1} is not "name:token"`,
      hint,
    );
  if (token.length < SHORTEST)
    throw new UsageError(
      `Cannot read RUNBOOK_GATEWAY_TOKENS: the token of "${name}" has less than ${SHORTEST} letters`,
      hint,
    );
  return { name, token };
}

/** The source whose token a request carries: as a bearer, or as the password of any user. */
export function sourceOfHeader(
  header: string | undefined,
  sources: readonly Source[],
): string | undefined {
  const [, scheme, value] = /^(bearer|basic) +(\S+)$/i.exec(header ?? '') ?? [];
  if (!scheme || !value) return undefined;
  if (scheme.toLowerCase() === 'bearer') return sourceOfToken(value, sources);
  const [, password] = /:(.*)$/s.exec(Buffer.from(value, 'base64').toString()) ?? [];
  return sourceOfToken(password, sources);
}

/** Compares with every one, in a time that discloses nothing about them. */
export function sourceOfToken(
  token: string | undefined,
  sources: readonly Source[],
): string | undefined {
  const given = digestOf(token ?? '');
  const found = sources.filter((source) => timingSafeEqual(digestOf(source.token), given));
  return found[0]?.name;
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
