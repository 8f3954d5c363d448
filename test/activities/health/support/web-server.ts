import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

const SCRIPT = `
  const server = require('node:http').createServer((request, response) => {
    if (request.url === '/slow') return void setTimeout(() => response.end('slow'), 300);
    response.writeHead(request.url === '/broken' ? 500 : 200).end('here');
  });
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

export interface WebServer {
  readonly url: string;
  readonly pid: number;
  readonly process: ChildProcess;
}

/** A web server in a process of its own, which can be stopped by a signal. */
export async function startWebServer(options: { uid?: number } = {}): Promise<WebServer> {
  const child = spawn(process.execPath, ['-e', SCRIPT], {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...options,
  });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return { url: `http://127.0.0.1:${Number(port.toString())}`, pid: child.pid!, process: child };
}
