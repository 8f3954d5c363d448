import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { parse, stringify } from 'yaml';
import { reservedPort } from '../../support/reserved-port.ts';
import { DIRECT_TOKEN, TOKEN } from './gateway.ts';

export interface Monitoring {
  /** A GET to Prometheus' or Alertmanager's own interface. Undefined: it does not answer yet. */
  prometheus(path: string): Promise<unknown>;
  alertmanager(path: string): Promise<unknown>;
  stop(): Promise<void>;
}

interface Watched {
  readonly directory: string;
  readonly gateway: string;
  /** Its port on loopback, and the target that it is. */
  readonly application: { readonly port: number; readonly target: string };
}

/** Prometheus and Alertmanager with the files of deploy/, only faster. Prometheus tells the gateway directly, too. */
export async function startMonitoring(watched: Watched): Promise<Monitoring> {
  const { directory, gateway, application } = watched;
  const ports = { prometheus: await reservedPort(), alertmanager: await reservedPort() };
  const read = (file: string) => parse(readFileSync(`deploy/${file}`, 'utf8'));
  const write = (file: string, content: unknown) => {
    writeFileSync(join(directory, file), stringify(content));
    return join(directory, file);
  };

  const rules = read('prometheus/application.rules.yml');
  rules.groups[0].rules.find(({ alert }: { alert: string }) => alert === 'ApplicationDown').for =
    '2s';
  write('application.rules.yml', rules);
  const prometheus = read('prometheus/prometheus.yml');
  prometheus.global = { scrape_interval: '1s', evaluation_interval: '1s' };
  prometheus.rule_files = ['application.rules.yml'];
  const direct = {
    authorization: { credentials: DIRECT_TOKEN },
    static_configs: [hostOf(gateway)],
  };
  prometheus.alerting.alertmanagers = [
    { static_configs: [hostOf(`http://127.0.0.1:${ports.alertmanager}`)] },
    direct,
  ];
  const { port, target } = application;
  const [watching] = prometheus.scrape_configs;
  watching.static_configs = [{ targets: [`127.0.0.1:${port}`], labels: { target } }];
  prometheus.scrape_configs = [watching];

  const alertmanager = read('alertmanager/alertmanager.yml');
  Object.assign(alertmanager.route, { group_wait: '1s', group_interval: '1s' });
  const [webhook] = alertmanager.receivers[0].webhook_configs;
  webhook.url = webhook.url.replace('http://127.0.0.1:9095', gateway);
  webhook.http_config.authorization.credentials_file = join(directory, 'token');
  writeFileSync(join(directory, 'token'), TOKEN);

  const options = { reject: false, cwd: directory, stdio: 'ignore' } as const;
  const processes = [
    execa(
      'prometheus-alertmanager',
      [
        `--config.file=${write('alertmanager.yml', alertmanager)}`,
        `--storage.path=${join(directory, 'alertmanager')}`,
        `--web.listen-address=127.0.0.1:${ports.alertmanager}`,
        '--cluster.listen-address=',
      ],
      options,
    ),
    execa(
      'prometheus',
      [
        `--config.file=${write('prometheus.yml', prometheus)}`,
        `--storage.tsdb.path=${join(directory, 'prometheus')}`,
        `--web.listen-address=127.0.0.1:${ports.prometheus}`,
      ],
      options,
    ),
  ];
  const asking = (port: number) => async (path: string) => {
    try {
      return await (await fetch(`http://127.0.0.1:${port}${path}`)).json();
    } catch {
      return undefined;
    }
  };
  return {
    prometheus: asking(ports.prometheus),
    alertmanager: asking(ports.alertmanager),
    async stop() {
      for (const process of processes) process.kill('SIGTERM');
      await Promise.all(processes);
    },
  };
}

function hostOf(address: string) {
  return { targets: [new URL(address).host] };
}
