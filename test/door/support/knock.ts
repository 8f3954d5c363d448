import { execa } from 'execa';

/** What somebody may have in hand: PEM. */
export interface Hand {
  readonly authority?: string;
  readonly certificate?: string;
  readonly key?: string;
}

/** A program without anything of ours, so that every user can run it. It begins HTTP/2, as gRPC does; a server that serves answers. */
const KNOCK = `
import { connect as plain } from 'node:net';
import { connect as secure } from 'node:tls';
const [port, scheme, hand] = process.argv.slice(1);
const { authority: ca, certificate: cert, key } = JSON.parse(hand);
const to = { host: '127.0.0.1', port: Number(port) };
const tell = (text) => { console.log(text); process.exit(); };
const begin = () => socket.write('PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n\\x00\\x00\\x00\\x04\\x00\\x00\\x00\\x00\\x00');
const trust = ca ? { ca, cert, key } : { rejectUnauthorized: false };
const socket = scheme === 'http' ? plain(to, begin)
  : secure({ ...to, ...trust, servername: 'localhost', ALPNProtocols: ['h2'] }, begin);
setTimeout(() => tell('silent'), 15_000);
socket.once('data', () => tell('served'));
socket.once('error', () => tell('refused'));
socket.once('close', () => tell('refused'));
`;

/** Speaks to a port of this machine: `served`, `refused` or `silent`. `uid`: another than ours. */
export async function knock(
  port: number,
  { scheme = 'https', hand = {}, uid }: { scheme?: string; hand?: Hand; uid?: number } = {},
): Promise<string> {
  const args = ['--input-type=module', '-e', KNOCK, String(port), scheme, JSON.stringify(hand)];
  const { stdout } = await execa(process.execPath, args, {
    stdin: 'ignore',
    timeout: 60_000,
    cwd: '/',
    ...(uid !== undefined && { uid, gid: uid }),
  });
  return stdout;
}
