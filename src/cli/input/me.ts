import { hostname, userInfo } from 'node:os';

/** Who asks, as far as this machine knows: `user@host`. */
export function me(): string {
  return `${userInfo().username}@${hostname()}`;
}
