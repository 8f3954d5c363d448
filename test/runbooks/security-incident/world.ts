import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Channel } from '../../../src/config/schema/channels.ts';
import { LogFile } from '../../../src/config/schema/logs.ts';
import { Security } from '../../../src/config/schema/security/security.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { putBehindNginx } from '../../support/nginx.ts';

export const ATTACKER = '203.0.113.7';

/** Puts the application behind an nginx that blocks for it, gives it a log that names an attacker, and a place elsewhere that takes the seal. */
export async function attack(world: SqliteTarget): Promise<void> {
  await putBehindNginx(world);
  await takeSeals(world);
  const { command } = world.proxy!.drain!;
  world.security = Security.parse({
    logins: { files: [], journal: false },
    block: { kind: 'nginx', command, include: join(world.directory, 'nginx/doors/blocked.conf') },
  });
  const file = join(world.directory, 'access.log');
  const at = new Date()
    .toUTCString()
    .replace(/^\w+, (\d+) (\w+) (\d+) (\S+) GMT$/, '$1/$2/$3:$4 +0000');
  writeFileSync(file, `${ATTACKER} - - [${at}] "POST /login HTTP/1.1" 401 12 "-" "x"\n`.repeat(60));
  world.logs = [LogFile.parse({ file, format: 'access' })];
}

/** A service beside the log of messages. It lives as long as the process of the test. */
async function takeSeals(world: SqliteTarget): Promise<void> {
  const server = createServer(
    (request, response) => void request.resume().on('end', () => response.end('ok')),
  );
  await once(server.listen(0, '127.0.0.1').unref(), 'listening');
  const { port } = server.address() as AddressInfo;
  writeFileSync(join(world.directory, 'seals-url'), `http://127.0.0.1:${port}`);
  world.channels = {
    log: Channel.parse({ kind: 'log', file: join(world.state, 'pages.jsonl') }),
    elsewhere: Channel.parse({ kind: 'webhook', url: 'file:seals-url' }),
  };
}
