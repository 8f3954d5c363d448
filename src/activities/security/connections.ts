import { readFileSync } from 'node:fs';
import { canonicalAddress } from './block/address.ts';

/** An end of a TCP connection. */
interface End {
  readonly address: string;
  readonly port: number;
}

export interface Connection {
  readonly local: End;
  readonly peer: End;
  readonly state: 'listens' | 'established' | 'other';
}

const STATES: Readonly<Record<string, Connection['state']>> = {
  '0A': 'listens',
  '01': 'established',
};

/**
 * TCP of this network namespace, as the kernel lists it: proc_net_tcp(5), 2nd, 3rd and 4th field. Undefined: there is no /proc, and so
 * nobody knows.
 */
export function connections(): Connection[] | undefined {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => readOr(file) ?? []);
  if (tables.length === 0) return undefined;
  return tables.flatMap((table) =>
    table
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const [, local, peer, state] = line.trim().split(/\s+/);
        if (local === undefined || peer === undefined || state === undefined) return [];
        return [{ local: endOf(local), peer: endOf(peer), state: STATES[state] ?? 'other' }];
      }),
  );
}

/** The kernel writes an address as words of 32 bits in the order of the machine, which is little-endian wherever Node runs. */
function endOf(text: string): End {
  const [hex = '', port = ''] = text.split(':');
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => word.match(/../g)!.toReversed());
  const address =
    bytes.length === 4
      ? bytes.map((byte) => Number.parseInt(byte, 16)).join('.')
      : (bytes.join('').match(/.{4}/g) ?? []).join(':');
  return { address: canonicalAddress(address) ?? address, port: Number.parseInt(port, 16) };
}

function readOr(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
