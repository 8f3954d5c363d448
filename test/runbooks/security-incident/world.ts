import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LogFile } from '../../../src/config/schema/logs.ts';
import { Security } from '../../../src/config/schema/security/security.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { putBehindNginx } from '../../support/nginx.ts';

export const ATTACKER = '203.0.113.7';

/** Puts the application behind an nginx that blocks for it, and gives it a log that names an attacker. */
export async function attack(world: SqliteTarget): Promise<void> {
  await putBehindNginx(world);
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
