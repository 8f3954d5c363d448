import { createHash, timingSafeEqual } from 'node:crypto';
import { UsageError } from '../../config/usage-error.ts';

/** Who may send alerts. */
export interface Source {
  readonly name: string;
  readonly token: string;
}

const SHORTEST = 16;
/** Where they are written down, and whom the example there names. */
const variables = {
  RUNBOOK_GATEWAY_TOKENS: 'alertmanager',
  RUNBOOK_GATEWAY_SENDERS: 'shop',
} as const;
type Variable = keyof typeof variables;

/** Reads `name:token name:token`, as it stands in a variable. Error: `UsageError`, which never quotes a token. */
export function readSources(text = '', from: Variable = 'RUNBOOK_GATEWAY_TOKENS'): Source[] {
  const refuse = (why: string) =>
    new UsageError(
      `Cannot read ${from}: ${why}`,
      `${from}="${variables[from]}:$(openssl rand -hex 24)"`,
    );
  const sources = text.split(/\s+/).filter(Boolean).map(sourceOf);
  const names = sources.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw refuse(`"${twice}" is named twice`);
  return sources;

  function sourceOf(entry: string, index: number): Source {
    const [, name, token] = /^([a-z][a-z0-9-]{0,99}):(\S+)$/.exec(entry) ?? [];
    if (!name || !token) throw refuse(`entry ${index + 1} is not "name:token"`);
    if (token.length < SHORTEST)
      throw refuse(`the token of "${name}" has less than ${SHORTEST} letters`);
    return { name, token };
  }
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
