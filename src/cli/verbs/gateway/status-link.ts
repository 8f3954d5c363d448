import { environment } from '../../../config/environment.ts';
import { signStatus } from '../../../config/links/status-token.ts';
import { UpToAYear, inMilliseconds } from '../../../config/time/duration.ts';
import { UsageError } from '../../../config/usage-error.ts';
import { targetsFor } from '../../input/targets-for.ts';
import { readSenders } from '../../serve/gateway/told-from-elsewhere.ts';

interface Listen {
  readonly host: string;
  readonly port: number;
}

/** Where somebody without a shell sees how targets stand, until the link dies. No names: all that the gateway has. */
export function statusLink(names: readonly string[], last: string, listen: Listen): string {
  const { gatewaySecret, gatewayUrl } = environment();
  if (!gatewaySecret)
    throw new UsageError(
      'Cannot sign a link: RUNBOOK_GATEWAY_SECRET is not set',
      'export RUNBOOK_GATEWAY_SECRET=..., the same as for the gateway',
    );
  const length = UpToAYear.safeParse(last);
  if (!length.success)
    throw new UsageError(
      `Cannot read --link "${last}": ${length.error.issues[0]!.message}`,
      'runbook gateway --link 30d',
    );
  const told = readSenders().map(({ name }) => name);
  const here = names.filter((name) => !told.includes(name));
  if (here.length > 0) targetsFor(here);
  const targets = names.length > 0 ? [...names] : undefined;
  const until = new Date(Date.now() + inMilliseconds(length.data)).toISOString();
  const token = signStatus({ ...(targets && { targets }), until }, gatewaySecret);
  const base = gatewayUrl ?? `http://${listen.host}:${listen.port}`;
  return `${base.replace(/\/+$/, '')}/status/${token}`;
}
