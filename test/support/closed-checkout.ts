import { statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Why a process of another user can load nothing of ours here. Undefined: it can. */
export function closedCheckout(): string | undefined {
  for (let place = import.meta.dirname; place !== dirname(place); place = dirname(place))
    if ((statSync(place).mode & 0o001) === 0) return `"${place}" is closed to other users`;
  return undefined;
}
