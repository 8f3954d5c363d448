import { globSync } from 'node:fs';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { findOnPath } from '../src/dev/server/find-on-path.ts';

const has = (program: string) => findOnPath(program) !== undefined;
const output = async (program: string, ...args: string[]) => {
  const { exitCode, all } = await execa(program, args, { reject: false, all: true });
  return `${all}\nexit code ${exitCode}`;
};

describe.skipIf(!has('promtool'))('the examples for Prometheus (needs promtool)', () => {
  test('are configuration and rules that Prometheus reads', async () => {
    const said = await output('promtool', 'check', 'config', 'deploy/prometheus/prometheus.yml');

    expect(said).toMatch(/5 rules found[^]*9 rules found[^]*exit code 0$/);
  });

  test.each(globSync('deploy/prometheus/tests/*.test.yml'))('alert as %s tells', async (file) => {
    expect(await output('promtool', 'test', 'rules', file)).toMatch(/SUCCESS\s+exit code 0$/);
  });
});

describe.skipIf(!has('amtool'))('the example for Alertmanager (needs amtool)', () => {
  const config = 'deploy/alertmanager/alertmanager.yml';
  const receiver = async (...labels: string[]) => {
    const ask = ['config', 'routes', 'test', `--config.file=${config}`];
    const { stdout } = await execa('amtool', [...ask, ...labels]);
    return stdout;
  };

  test('is configuration that Alertmanager reads', async () => {
    expect(await output('amtool', 'check-config', config)).toMatch(/SUCCESS[^]*exit code 0$/);
  });

  test('sends alerts to the gateway, and those about the gateway by mail', async () => {
    expect(await receiver('alertname=HighErrorRate', 'job=application')).toBe('runbook');
    expect(await receiver('alertname=RunbookGatewayDown', 'job=runbook')).toBe('mail');
  });
});
