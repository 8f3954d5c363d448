import { Client, Connection } from '@temporalio/client';
import { channelArgs } from './channel-args.ts';
import { connectionSettings } from './connection-settings.ts';

/** What was away for hours is noticed soon when it is back: gRPC would wait up to two minutes. */
const RECONNECT_MILLISECONDS = 2000;

/** For a process that must be there also while Temporal is not: each call finds out by itself. */
export function connectLazily(address?: string): Client {
  const { connectionOptions, namespace } = connectionSettings(address);
  const connection = Connection.lazy({
    ...connectionOptions,
    channelArgs: { ...channelArgs, 'grpc.max_reconnect_backoff_ms': RECONNECT_MILLISECONDS },
  });
  return new Client({ connection, namespace });
}
