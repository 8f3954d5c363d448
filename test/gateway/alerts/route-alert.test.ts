import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { AlertRule, matches } from '../../../src/config/schema/alerts.ts';
import type { Alert } from '../../../src/gateway/alerts/alert.ts';
import { combine } from '../../../src/gateway/alerts/combine.ts';
import { fingerprintOf, formerFingerprintOf } from '../../../src/gateway/alerts/fingerprint-of.ts';
import { routeAlert } from '../../../src/gateway/alerts/route-alert.ts';
import { severityOf } from '../../../src/gateway/alerts/severity-of.ts';
import { AlertReport } from '../../../src/incident/alert-report.ts';

const AT = '2026-03-01T03:00:00.000Z';
const alertOf = (labels: Alert['labels'], more: Partial<Alert> = {}): Alert => ({
  status: 'firing',
  labels,
  annotations: {},
  at: AT,
  links: [],
  ...more,
});
const targetOf = (name: string, ...rules: unknown[]) => ({
  name,
  alerts: rules.map((rule) => AlertRule.parse(rule)),
});
const routed = (labels: Alert['labels'], ...targets: ReturnType<typeof targetOf>[]) =>
  routeAlert(alertOf(labels), targets, 'test').map(({ target }) => target);

describe('routeAlert', () => {
  const shop = targetOf('shop', { match: { job: 'shop-*' } });
  const hub = targetOf('hub', { match: { job: 'hub' } });
  const rest = targetOf('rest', { match: {} });

  test('goes by the label target, then by rules, then to who takes everything', () => {
    expect(routed({ target: 'hub', job: 'shop-1' }, shop, hub, rest)).toEqual(['hub']);
    expect(routed({ target: 'gone', job: 'shop-1' }, shop, hub, rest)).toEqual(['shop']);
    expect(routed({ job: 'other' }, shop, hub, rest)).toEqual(['rest']);
    expect(routed({ job: 'other' }, shop, hub)).toEqual([]);
    expect(routed({}, targetOf('strange', { match: { constructor: '*' } }))).toEqual([]);
  });

  test('opens an incident of each target whose rules name it', () => {
    const also = targetOf('also', { match: { job: 'shop-1' } });

    expect(routed({ job: 'shop-1' }, shop, also, rest)).toEqual(['shop', 'also']);
  });

  test('takes severity, runbook and hold of the first rule that matches', () => {
    const target = targetOf(
      'shop',
      { match: { alertname: 'Down' }, severity: 'sev1', runbook: 'application-down', hold: '5m' },
      { match: { alertname: 'D*' }, severity: 'sev4' },
      { match: {}, hold: '1m' },
    );
    const reportOf = (labels: Alert['labels']) => routeAlert(alertOf(labels), [target], 'test')[0];

    expect(reportOf({ alertname: 'Down', severity: 'warning', kind: 'database' })).toMatchObject({
      severity: 'sev1',
      remediation: 'application-down',
      hold: '5m',
      kind: 'database',
    });
    expect(reportOf({ alertname: 'Disk' })).toMatchObject({ severity: 'sev4' });
    expect(reportOf({ alertname: 'X', severity: 'warning' })).toMatchObject({ severity: 'sev3' });
    expect(reportOf({ alertname: 'X', severity: 'unheard' })).toMatchObject({ severity: 'sev3' });
  });

  const texts = fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }));
  test.prop([texts, texts, fc.array(fc.oneof(fc.webUrl(), fc.string()))])(
    'makes a report that an incident can read, of whatever labels',
    (labels, annotations, links) => {
      const alert = alertOf(labels, { annotations, links });

      const [routed] = routeAlert(alert, [targetOf('all', { match: {} })], 'test');

      const { formerly, ...report } = routed!;
      expect(formerly).toMatch(/-[0-9a-f]{8}$/);
      expect(AlertReport.safeParse(report).error).toBeUndefined();
      expect(Buffer.byteLength(report.title)).toBeLessThanOrEqual(300);
    },
  );
});

describe('fingerprintOf', () => {
  test('is one for all severities and orders, and another for other labels', () => {
    const of = (labels: Alert['labels']) => fingerprintOf({ labels }, 'alertmanager');
    const known = of({ alertname: 'HighErrorRate', job: 'shop', severity: 'warning' });

    expect(known).toMatch(/^high-error-rate-[0-9a-f]{32}$/);
    expect(of({ severity: 'critical', job: 'shop', alertname: 'HighErrorRate' })).toBe(known);
    expect(of({ alertname: 'HighErrorRate', job: 'hub' })).not.toBe(known);
  });

  test('stays what it is: open incidents are found by it', () => {
    const down = { labels: { alertname: 'Down', target: 'shop' } };
    const disk = { labels: {}, identity: 'disk/db-1' };

    expect(fingerprintOf(down, 'shop')).toBe('down-58daaa4137110f7f4023f8d7fce36a3d');
    expect(fingerprintOf(disk, 'shop')).toBe('disk-db-1-3cace6940ade86d89e97e5ff2f7c82f2');
    expect(formerFingerprintOf(down)).toBe('down-8229606f');
    expect(formerFingerprintOf(disk)).toBe('disk-db-1-37b72a32');
  });

  test('is another for another sender, who chooses labels and keys as they like', () => {
    const down = { labels: { alertname: 'Down', target: 'shop' } };
    const all = ['a', 'b', 'a","b'].map((source) => fingerprintOf(down, source));

    expect(new Set(all).size).toBe(3);
    expect(fingerprintOf({ labels: {}, identity: JSON.stringify(['a']) }, 'b')).not.toBe(
      fingerprintOf({ labels: {}, identity: 'a' }, 'b'),
    );
  });
});

describe('matches', () => {
  test.each([
    ['shop', 'shop', true],
    ['shop', 'shops', false],
    ['*', '', true],
    ['shop-*', 'shop-', true],
    ['*-db', 'shop-db', true],
    ['a*a', 'a', false],
    ['a*b*c', 'a1b2b3c', true],
    ['a*b*c', 'acb', false],
    ['shop.', 'shopx', false],
  ] as const)('"%s" and "%s": %s', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });

  test.prop([
    fc.array(fc.constantFrom('a', 'b', '*')).map((letters) => letters.join('')),
    fc.array(fc.constantFrom('a', 'b')).map((letters) => letters.join('')),
  ])('agrees with the regular expression it stands for', (pattern, text) => {
    const expression = new RegExp(`^${pattern.replaceAll(/\*+/g, '.*')}$`);

    expect(matches(pattern, text)).toBe(expression.test(text));
  });
});

describe('combine', () => {
  const [warning] = routeAlert(
    alertOf({ alertname: 'Disk', severity: 'warning' }),
    [targetOf('all', { match: {} })],
    'test',
  ) as [AlertReport];
  const critical = { ...warning, severity: 'sev1' } as const;
  const over = { ...critical, status: 'resolved' } as const;

  test('lets the worst that fires speak for all, in any order', () => {
    expect(combine([warning, critical, over])).toEqual([critical]);
    expect(combine([over, critical, warning])).toEqual([critical]);
    expect(combine([over, warning])).toEqual([warning]);
    expect(combine([over])).toEqual([over]);
  });
});

describe('severityOf', () => {
  test('knows the labels of the manuals, of Prometheus and of PagerDuty', () => {
    const text = ['critical', 'High', 'error', 'warning', 'low', 'info', 'sev2'];

    expect(text.map(severityOf)).toEqual(['sev1', 'sev2', 'sev2', 'sev3', 'sev4', 'sev4', 'sev2']);
    expect(severityOf('constructor')).toBeUndefined();
  });
});
