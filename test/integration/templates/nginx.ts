import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lifeline, startLifeline } from '../../../src/dev/server/lifeline.ts';
import { reservedPort } from '../../support/reserved-port.ts';

/** nginx with a certificate of its own, before an application on `port`. */
export async function startNginx(
  directory: string,
  port: number,
): Promise<Lifeline & { readonly url: string }> {
  mkdirSync(directory);
  const own = await reservedPort();
  const key = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key -out cert';
  execFileSync(
    'openssl',
    `req -x509 ${key} -days 90 -subj /CN=localhost -addext subjectAltName=DNS:localhost`.split(' '),
    { cwd: directory, stdio: 'pipe' },
  );
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((one) => `${one}_temp_path ${directory}/${one};`)
    .join(' ');
  const file = join(directory, 'nginx.conf');
  writeFileSync(
    file,
    `daemon off; pid ${directory}/pid; error_log ${directory}/error.log; events {}
http { access_log off; ${temporary}
  server { listen 127.0.0.1:${own} ssl; ssl_certificate ${directory}/cert; ssl_certificate_key ${directory}/key;
    location / { proxy_pass http://127.0.0.1:${port}; } } }\n`,
  );
  const nginx = await startLifeline('nginx', ['-p', directory, '-c', file], { grace: 1000 });
  return { ...nginx, url: `https://localhost:${own}` };
}
