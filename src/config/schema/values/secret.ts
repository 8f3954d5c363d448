import { z } from 'zod';

/** Where a secret is found when it is needed: it is never part of a target, a history or a log. */
export const SecretName = z
  .string()
  .regex(
    /^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/,
    'Expected "env:NAME" or "file:PATH": the secret itself does not belong here',
  );
export type SecretName = z.infer<typeof SecretName>;

/** The environment variables that a target, or any part of one, names as secrets. */
export function secretVariablesIn(value: unknown): string[] {
  if (typeof value === 'string')
    return /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(value)?.slice(1) ?? [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(secretVariablesIn);
}
