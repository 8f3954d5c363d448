import { UsageError } from '../../../config/usage-error.ts';

export interface Listen {
  readonly host: string;
  readonly port: number;
}

/** Reads `9096`, `127.0.0.1:9096` or `[::1]:9096`: loopback, unless it says another host. Error: `UsageError`. */
export function listenFrom(text: string): Listen {
  const [, v6, name, digits] = /^(?:(?:\[([\da-f:.]+)\]|([\w.-]+)):)?(\d{1,5})$/i.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port < 1 || port > 65_535)
    throw new UsageError(
      `Cannot listen for metrics at "${text}": expected a port, or an address and a port`,
      '--metrics 127.0.0.1:9096',
    );
  return { host: v6 ?? name ?? '127.0.0.1', port };
}
