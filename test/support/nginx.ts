import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../../src/activities/health/application/ask.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { type Lifeline, startLifeline } from '../../src/dev/server/lifeline.ts';
import { reservedPort } from './reserved-port.ts';
import { TIMEOUT } from './timeouts.ts';

export const hasNginx = isThere('nginx');

export interface Nginx extends Lifeline {
  readonly proxy: NonNullable<SqliteTarget['proxy']>;
  /** Its configuration. */
  readonly file: string;
}

interface Options {
  readonly grace?: string;
  /** Whether it includes what we write. */
  readonly included?: boolean;
}

/** nginx in a directory of its own, before an application on `port`, which includes the file by which we close it. */
export async function startNginx(
  directory: string,
  port: number,
  { grace = '2s', included = true }: Options = {},
): Promise<Nginx> {
  mkdirSync(join(directory, 'doors'), { recursive: true });
  const own = await reservedPort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((one) => `${one}_temp_path ${directory}/${one};`)
    .join(' ');
  const file = join(directory, 'nginx.conf');
  writeFileSync(
    file,
    `daemon off; worker_processes 1; pid ${directory}/pid; error_log ${directory}/error.log; events {}
http { access_log off; ${temporary}
  server { listen 127.0.0.1:${own};
    ${included ? `include ${directory}/doors/*.conf;` : ''}
    location / { proxy_pass http://127.0.0.1:${port}; proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"; } } }\n`,
  );
  const words = ['-p', directory, '-c', file];
  const nginx = await startLifeline('nginx', words, { grace: 1000 });
  const url = `http://127.0.0.1:${own}/`;
  // It has read its configuration when it answers, be it that the application is down.
  const end = performance.now() + TIMEOUT.timeout;
  while (!(await ask(url, 1000)).connected) {
    if (performance.now() > end) throw new Error('nginx does not answer');
    await sleep(TIMEOUT.interval);
  }
  return {
    ...nginx,
    file,
    proxy: {
      kind: 'nginx',
      url,
      certificateWarning: '21d',
      drain: { include: join(directory, 'doors/app.conf'), command: ['nginx', ...words], grace },
    },
  };
}

function isThere(program: string): boolean {
  try {
    execFileSync(program, ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Puts the sample application of `world` behind an nginx that ends when the world is removed, or with this process. */
export async function putBehindNginx(world: SqliteTarget): Promise<void> {
  const directory = join(world.directory, 'nginx');
  const nginx = await startNginx(directory, Number(new URL(world.app.url).port));
  Object.assign(world, { proxy: nginx.proxy });
  const looking = setInterval(() => {
    if (existsSync(nginx.file)) return;
    clearInterval(looking);
    void nginx.stop();
  }, 500).unref();
}
