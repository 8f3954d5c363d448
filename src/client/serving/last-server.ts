import { hostname } from 'node:os';
import type { Client } from '@temporalio/client';
import { viewServing } from './view-serving.ts';

interface Unserved {
  readonly message: string;
  readonly hint: string;
}

/** What to say and to type when nobody serves a target: who did last. Where that was another host, it may be gone. */
export async function withLastServer(
  client: Client,
  target: string,
  { message, hint }: Unserved,
): Promise<Unserved> {
  const last = (await viewServing(client, target).catch(() => undefined))?.last;
  if (!last) return { message, hint };
  const { pid, state } = last;
  return {
    message: `${message}; the last was process ${pid} on host "${last.hostname}" (state in "${state}")`,
    hint:
      last.hostname === hostname()
        ? hint
        : `${hint}, on host "${last.hostname}"; if that is gone for good: runbook worker ${target} --take-over (docs/own-recovery.md)`,
  };
}
