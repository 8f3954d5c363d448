import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { grafanaDashboard } from '../../scripts/grafana-dashboard.ts';
import { findOnPath } from '../../src/dev/server/find-on-path.ts';
import { unknownIn } from '../support/known-metrics.ts';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const FILE = 'deploy/grafana/dashboards/durable-runbooks.json';
const promtool = findOnPath('promtool');
const { panels } = JSON.parse(readFileSync(FILE, 'utf8')) as { readonly panels: readonly Panel[] };
const asking = panels.filter(({ type }) => type !== 'row');
const queries = asking.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr, legendFormat }) => ({ title, expr, legendFormat })),
);

describe("Grafana's dashboard", () => {
  test('is what is made of its source: else npm run docs', () => {
    expect(JSON.parse(readFileSync(FILE, 'utf8'))).toEqual(JSON.parse(grafanaDashboard()));
  });

  test.each(queries)(
    'asks for metrics and labels that there are: $title',
    ({ expr, legendFormat }) => {
      const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label!);

      expect(unknownIn(expr)).toEqual([]);
      // A label that the query has not grouped by is empty.
      const grouped = /by \(([^)]*)\)/.exec(expr)?.[1]?.split(', ') ?? [];
      expect(grouped).toEqual(expect.arrayContaining(shown));
    },
  );

  test('says of each panel what it means, and lays none over another', () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`),
    );

    expect(asking.length).toBeGreaterThan(20);
    expect(asking.filter(({ description }) => !description)).toEqual([]);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
  });

  test.skipIf(!promtool)('asks in PromQL (needs promtool)', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'dashboard-'));
    const file = join(directory, 'queries.rules.yml');
    const rules = queries.map(({ expr }, index) => ({
      record: `panel:query${index}`,
      expr: expr.replaceAll('$__interval', '1h').replaceAll('$target', '.*'),
    }));
    writeFileSync(file, stringify({ groups: [{ name: 'panels', rules }] }));

    const { all } = await execa(promtool!, ['check', 'rules', file], { all: true, reject: false });
    rmSync(directory, { recursive: true });

    expect(all).toContain(`${queries.length} rules found`);
    expect(all).not.toMatch(/FAILED|error/i);
    expect(rules.filter(({ expr }) => expr.includes('$'))).toEqual([]);
  });

  test('is provisioned for the Prometheus of the example', () => {
    const read = (file: string) =>
      parse(readFileSync(`deploy/grafana/provisioning/${file}`, 'utf8')) as Record<string, unknown>;
    const { global } = parse(readFileSync('deploy/prometheus/prometheus.yml', 'utf8')) as {
      global: { scrape_interval: string };
    };

    expect(read('datasources/prometheus.yml')).toMatchObject({
      apiVersion: 1,
      datasources: [{ type: 'prometheus', jsonData: { timeInterval: global.scrape_interval } }],
    });
    expect(read('dashboards/durable-runbooks.yml')).toMatchObject({
      apiVersion: 1,
      providers: [{ type: 'file' }],
    });
  });
});
