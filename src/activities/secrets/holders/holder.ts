import type { Secret } from '../../../config/schema/security/secrets.ts';
import type { Target } from '../../../config/schema/target.ts';
import { httpHolder } from './http-holder.ts';
import { postgresHolder } from './postgres-holder.ts';
import { redisHolder } from './redis-holder.ts';

/** What a login with a value says. Who cannot be asked is an error, never an answer. */
type Login = 'accepted' | 'refused';

/** Who takes a secret. */
export interface Holder {
  /** For people: `Redis at 127.0.0.1:6379, user shop`. */
  readonly place: string;
  /**
   * `both`: it takes both for a while. `one`: the new one replaces the old one. `read`: it is the application, which reads what it
   * takes at its start.
   */
  readonly takes: 'both' | 'one' | 'read';
  login(value: string): Promise<Login>;
  /** Has it take `value`, too, or instead. `known`: one that it takes now, to log in by. Answers whether it did not before. */
  accept(value: string, known: string): Promise<boolean>;
  /** Has it refuse `value`. `known`: one that it takes. */
  dismiss(value: string, known: string): Promise<boolean>;
}

export function holderOf(target: Pick<Target, 'directory'>, { prove }: Secret): Holder {
  if (prove.kind === 'http') return httpHolder(prove);
  return prove.kind === 'redis' ? redisHolder(target, prove) : postgresHolder(prove);
}
