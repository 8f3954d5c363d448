import { z } from 'zod';
import { loginName } from '../text/who-text.ts';
import { By } from './texts.ts';

const name = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[^\s,\p{Cc}]+$/u, 'Expected one word');

/**
 * The user of the operating system that typed a command. The command line records it, and `--by` changes nothing of it; whoever
 * reaches an open server without our command line can write anything here.
 */
export const Login = z.strictObject({
  user: name,
  host: name.regex(/^[^@]+$/, 'Expected the name of a host'),
  /** Who became root by sudo. */
  sudo: name.optional(),
});
export type Login = z.infer<typeof Login>;

/**
 * How it is known who did something. `principal`: Temporal itself authenticated them. `login`: the operating system did, and nobody
 * reaches the server who lacks a certificate. `link`: they held a link that was signed for them.
 * `pagerduty`: PagerDuty says so, in a call that it has signed. `automatic`: no person did it.
 * `unproven`: they say so.
 */
const waysKnown = ['principal', 'login', 'link', 'pagerduty', 'automatic', 'unproven'] as const;

/** Who did something, and how that is known. */
export const Who = z.object({
  name: By,
  known: z.enum(waysKnown),
  /** In whose name, where that is another than their own. It proves nothing. */
  said: By.optional(),
  login: Login.optional(),
});
export type Who = z.infer<typeof Who>;

/** What a message says of its sender. */
export interface Statement {
  readonly by: string;
  readonly login?: Login | undefined;
  /** `link`: they held one that was signed for `by`, as the gateway says. `pagerduty`: it signed that `by` did it. */
  readonly via?: string | undefined;
}

/** What else is known of it. */
interface Proof {
  /** As the server's authorizer names the sender. */
  readonly principal?: string | undefined;
  /** Nobody reaches the server who has no certificate of ours. */
  readonly closed: boolean;
}

export function whoFrom({ by, login, via }: Statement, { principal, closed }: Proof): Who {
  if (principal !== undefined)
    return {
      name: principal,
      known: 'principal',
      ...besides(by, principal),
      ...(login && { login }),
    };
  if (closed && (via === 'link' || via === 'pagerduty')) return { name: by, known: via };
  if (!closed || !login) return { name: by, known: 'unproven', ...(login && { login }) };
  const own = loginName(login);
  return { name: own, known: 'login', ...besides(by, own), login };
}

/** A login of ours stands in `by` unless somebody says something else. */
function besides(by: string, own: string): { readonly said?: string } {
  return by === own || by === 'unknown' ? {} : { said: by };
}
