import { connect } from 'node:net';

/**
 * Fails at once when nobody listens at `address`, such as `127.0.0.1:7233`: gRPC would go on trying until its deadline.
 * Whatever else is wrong with the connection is for gRPC to report.
 */
export function expectListener(address: string): Promise<void> {
  const [, host, port] = /^(?:\w+:\/\/)?\[?([^/]*?)\]?:(\d+)$/.exec(address) ?? [];
  return new Promise((settle, fail) => {
    if (!host || !port) return settle();
    const socket = connect({ host, port: Number(port), timeout: 1000 });
    const end = (error?: NodeJS.ErrnoException): void => {
      socket.destroy();
      if (error?.code === 'ECONNREFUSED') fail(new Error('nobody listens there'));
      else if (error?.code === 'ENOTFOUND') fail(new Error(`there is no host "${host}"`));
      else settle();
    };
    socket.once('connect', () => end());
    socket.once('timeout', () => end());
    socket.once('error', end);
  });
}
