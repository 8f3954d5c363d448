import { globSync, readFileSync } from 'node:fs';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { findOnPath } from '../src/dev/server/find-on-path.ts';
import { unknownIn } from './support/known-metrics.ts';

const has = (program: string) => findOnPath(program) !== undefined;
const output = async (program: string, ...args: string[]) => {
  const { exitCode, all } = await execa(program, args, { reject: false, all: true });
  return `${all}\nexit code ${exitCode}`;
};

describe.skipIf(!has('promtool'))('the examples for Prometheus (needs promtool)', () => {
  test('are configuration and rules that Prometheus reads', async () => {
    const said = await output('promtool', 'check', 'config', 'deploy/prometheus/prometheus.yml');

    expect(said).toMatch(/5 rules found[^]*9 rules found[^]*11 rules found[^]*exit code 0$/);
  });

  test.each(globSync('deploy/prometheus/tests/*.test.yml'))('alert as %s tells', async (file) => {
    expect(await output('promtool', 'test', 'rules', file)).toMatch(/SUCCESS\s+exit code 0$/);
  });
});

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string }[];
  }[];
}

describe('the rules for Prometheus', () => {
  const files = globSync('deploy/prometheus/{runbook,worker}.rules.yml');
  const rules = files
    .map((file) => parse(readFileSync(file, 'utf8')) as Rules)
    .flatMap(({ groups }) => groups.flatMap((group) => group.rules));

  test.each(rules)('$alert asks for metrics and labels that there are', ({ expr }) => {
    expect(unknownIn(expr)).toEqual([]);
  });

  test('are each explained, when they are about workers', () => {
    const page = readFileSync('docs/observability.md', 'utf8');
    const explained = [...page.matchAll(/^\| `(Runbook\w+)`/gm)].map(([, alert]) => alert);
    const own = rules.filter(({ expr }) => expr.includes('"runbook-worker"'));

    expect(explained).toEqual(own.map(({ alert }) => alert));
  });

  test('may name nothing else', () => {
    const expr = 'sum by (run) (runbook_runs_total{outcome="done"}) + runbook_run_total';

    expect(unknownIn(expr)).toEqual(['runbook_run_total', 'run']);
  });

  test('are each seen to tell, and to be silent', () => {
    const tests = globSync('deploy/prometheus/tests/worker*.test.yml')
      .map((file) => readFileSync(file, 'utf8'))
      .join('');
    const own = rules.filter(({ expr }) => expr.includes('"runbook-worker"'));

    expect(own).toHaveLength(11);
    for (const { alert } of own) {
      const seen = [...tests.matchAll(new RegExp(`alertname: ${alert}\n\\s+exp_alerts:(.*)`, 'g'))];
      expect([alert, seen.map(([, none]) => none)]).toEqual([
        alert,
        expect.arrayContaining(['', ' []']),
      ]);
    }
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
    expect(await receiver('alertname=RunbookWorkerDown', 'job=runbook-worker')).toBe('mail');
  });
});
