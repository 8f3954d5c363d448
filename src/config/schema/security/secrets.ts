import { z } from 'zod';
import { Duration } from '../../time/duration.ts';
import { SecretName } from '../values/secret.ts';

const Name = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]{0,99}$/,
    'Expected letters, digits and "_", as a variable is named',
  );

/** A program and its arguments: no shell comes between, and the secret is none of them. */
const Command = z.array(z.string().min(1)).min(1);

/** Where the application finds the secret when it starts. */
const Provider = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('env-file'),
    /** Relative to the target's directory. */
    file: z.string().min(1).default('.env'),
    /** Default: the secret's name. */
    key: Name.optional(),
  }),
  z.strictObject({
    kind: z.literal('command'),
    /** Prints the secret of now, and nothing else. */
    read: Command,
    /** Gets the new one on its standard input, and keeps it. */
    write: Command,
    timeout: Duration.default('30s'),
  }),
]);

/** Who takes the secret, so that a login proves it. */
const Proof = z.discriminatedUnion('kind', [
  /** The application itself: it knows what it has read at its start. */
  z.strictObject({
    kind: z.literal('http'),
    /** Answers 401 or 403 without the secret, and less than 400 with it. */
    url: z.string().refine(isPlain('http:', 'https:'), 'Expected "http://HOST[:PORT]/PATH"'),
    as: z.enum(['bearer', 'basic', 'header']).default('bearer'),
    /** Of `basic`. */
    user: z.string().max(200).default(''),
    /** Of `header`. */
    header: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,100}$/, 'Expected the name of a header')
      .default('x-api-key'),
  }),
  /** A user of Redis, who has both secrets for a while. */
  z.strictObject({
    kind: z.literal('redis'),
    url: z.string().refine(isPlain('redis:', 'rediss:'), 'Expected "redis://HOST[:PORT]"'),
    user: z
      .string()
      .regex(/^[^\s\0]{1,200}$/, 'Expected the name of a user')
      .default('default'),
    /** Who may change that user. Default: the user itself. */
    admin: z.strictObject({ user: z.string().min(1), password: SecretName.optional() }).optional(),
  }),
  /** A role of PostgreSQL, which has one at a time, and may change its own. */
  z.strictObject({
    kind: z.literal('postgres'),
    url: z
      .string()
      .refine(isPlain('postgres:', 'postgresql:'), 'Expected "postgres://HOST[:PORT]/DATABASE"'),
    user: z.string().min(1).max(63),
  }),
]);

/** A secret that rotate-secrets can replace: where it stands, and how a login proves the new one, and that the old one is over. */
export const Secret = z.strictObject({
  name: Name,
  provider: Provider,
  prove: Proof,
  /** How old it may get. */
  maximumAge: Duration.default('90d'),
});
export type Secret = z.infer<typeof Secret>;

export const Secrets = z
  .array(Secret)
  .max(50)
  .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, {
    error: 'Expected each name once',
  })
  .default([]);

function isPlain(...protocols: readonly string[]): (text: string) => boolean {
  return (text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, username, password } = new URL(text);
    return protocols.includes(protocol) && username === '' && password === '';
  };
}
