import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test as plain } from 'vitest';
import { pluginLine } from '../../src/cli/verbs/status/plugin-line.ts';
import type { Status } from '../../src/cli/local/status/status-of.ts';
import { textfile } from '../../src/cli/verbs/status/textfile.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import type { Figure, Verdict } from '../../src/figures/figure.ts';
import { writeContainment } from '../../src/state/containment.ts';
import { addDrill } from '../../src/state/drill-history.ts';
import { openFigures } from '../../src/state/figures/open-figures.ts';
import { backUp } from '../activities/database/support/fixtures.ts';
import { targetIn, test } from '../support/target.ts';
import { runbook } from './support/runbook.ts';
import { targetsIn } from './support/targets-in.ts';

const HOSTILE = `it's a=b|c\n\u001B[2J "d" \\`;

describe('status and check', () => {
  test('answer by worst line, and by what the worker has measured', async ({
    directory,
    target,
  }) => {
    const watched = targetIn(directory, {
      escalation: [{ level: 1, to: 'ops' }],
      contacts: { ops: { members: ['ops-1'] } },
      backups: { directory: join(directory, 'backups'), goals: { rto: '15m', rpo: '24h' } },
    });
    const env = targetsIn(directory, watched);
    const look = async (...args: string[]) => {
      const { stdout, exitCode } = await runbook(['status', watched.name, '--json', ...args], env);
      return { exitCode, ...(JSON.parse(stdout) as Status) };
    };

    const fresh = await look('--local');
    await backUp(target, { stamp: stampNow() });
    const run = 'drill';
    const drill = { verdict: 'proven', backup: 'b', rpoMilliseconds: 1, findings: [] } as const;
    addDrill(watched, { run, at: new Date().toISOString(), rtoMilliseconds: 60_000, ...drill });
    record(watched, 'ok');
    const well = await look('--local');
    const asked = await look();
    record(watched, 'critical');
    const line = await runbook(['check', watched.name, '--local'], env);
    const since = '2026-01-05T02:00:00Z';
    writeContainment(watched, { by: 'ops-1', since, reason: 'harm', run: 'r', ran: true });
    record(watched, 'ok');
    const text = await runbook(['status', watched.name, '--local'], env);

    expect(fresh).toMatchObject({ exitCode: 2, verdict: 'critical' });
    expect(of(fresh, 'application')).toMatchObject({ verdict: 'unknown' });
    expect(of(fresh, 'backup')).toMatchObject({ text: 'there is no verified one' });
    expect(well.lines.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
    expect(well).toMatchObject({ exitCode: 0, verdict: 'ok' });
    expect(of(well, 'on call')).toMatchObject({ text: 'ops: ops-1' });
    expect(of(asked, 'temporal')).toMatchObject({ verdict: 'unknown' });
    expect(asked.exitCode).toBe(3);
    expect(line.exitCode).toBe(2);
    expect(line.stdout).toMatch(
      new RegExp(
        `^${watched.name.toUpperCase()} CRITICAL - response.p95: slow \\| .*'response.p95'=9s;;5`,
      ),
    );
    expect(text.exitCode).toBe(1);
    expect(text.stdout).toMatch(/^\S+: something deserves attention \(warning\) at 20.* UTC$/m);
    expect(text.stdout).toMatch(/^warning +on purpose +Contained by ops-1/m);
  });

  test('call what was measured long ago unknown, and what they cannot understand, too', async ({
    directory,
    target,
  }) => {
    const env = targetsIn(directory, target);
    record(target, 'ok', new Date(Date.now() - 3_600_000).toISOString());

    const stale = await runbook(['check', target.name, '--local', '--json'], env);
    const unknown = await runbook(['check', 'unheard-of'], env);
    const wrong = await runbook(['status', target.name, '--locl'], env);

    const found = JSON.parse(stale.stdout) as Status;
    expect(of(found, 'application')).toMatchObject({
      verdict: 'unknown',
      text: expect.stringMatching(/^not measured for 1 h/),
    });
    expect(unknown.exitCode).toBe(3);
    expect(unknown.stdout).toMatch(/^UNKNOWN - Cannot find target "unheard-of"/);
    expect(unknown.stderr).toMatch(/^Error: .*\nTry: /);
    expect([wrong.exitCode, wrong.stdout]).toEqual([3, '']);
  });

  test('write a file for node_exporter whole, and under a name that it reads', async ({
    directory,
    target,
  }) => {
    const env = targetsIn(directory, target);
    record(target, 'ok');
    const file = join(directory, 'out.prom');

    await runbook(['check', target.name, '--local', '--textfile', file], env);
    await runbook(['check', target.name, '--local', '--textfile', file], env);
    const refused = await runbook(['check', '--local', '--textfile', `${file}.txt`], env);

    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(new RegExp(`^runbook_target_status{target="${target.name}"} 2$`, 'm'));
    expect(text.endsWith('\n')).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(readdirSync(directory).filter((name) => name.includes('.part'))).toEqual([]);
    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toMatch(/^Error: .*reads only names in .prom\nTry: --textfile/);
  });
});

describe('what monitoring systems read', () => {
  const figures = [
    figure('ok', { limit: 'warning above 2s', value: 0.123456789 }),
    figure('ok', { name: 'memory.host', unit: 'ratio', value: 0.5, limit: 'critical above 90%' }),
    figure('ok', { name: 'redis.hitRatio', unit: 'ratio', value: 1, limit: 'warning below 80%' }),
    figure('ok', { name: 'database.size', unit: 'bytes', value: 1e21, limit: 'warning above 1GB' }),
    figure('unknown', { name: HOSTILE, value: undefined }),
    figure('not applicable', { name: 'smoke.version', value: undefined }),
  ];
  const status: Status = {
    target: 'shop',
    at: '2026-01-05T02:00:00.000Z',
    verdict: 'warning',
    lines: [{ subject: HOSTILE, verdict: 'warning', text: HOSTILE }],
    figures,
    ages: { figures: 40 },
  };

  plain('one line holds one bar, doubled quotes, and units of the guidelines', () => {
    const line = pluginLine(status);

    // The name would end at a quote that stands alone, the text at its first bar.
    const [text, data, ...more] = line.split(' | ');
    expect(more).toEqual([]);
    expect(text).toMatch(/^SHOP WARNING - it's a=b\/c; /);
    // oxlint-disable-next-line no-control-regex
    expect(line).not.toMatch(/[\u0000-\u001F]/);
    const label =
      /'((?:[^'=]|'')+)'=(U|-?\d+(?:\.\d+)?)(s|%|B|c)?(?:;([\d.:]*))?(?:;([\d.:]*))? ?/gy;
    const read = [...data!.matchAll(label)];
    expect(read.map(([all]) => all).join('')).toBe(data);
    expect(
      read.map(([, name, value, unit, warning, critical]) => [
        name,
        value,
        unit,
        warning,
        critical,
      ]),
    ).toEqual([
      ['age figures', '40', 's', undefined, undefined],
      ['response.p95', '0.123457', 's', '2', undefined],
      ['memory.host', '50', '%', '', '90'],
      ['redis.hitRatio', '100', '%', '80:', undefined],
      ['database.size', '1000000000000000000000', 'B', '1073741824', undefined],
      [expect.stringContaining("it''s a:b/c"), 'U', undefined, undefined, undefined],
    ]);
  });

  plain('the textfile tells the worst of each subject that applies at all', () => {
    const line = (subject: string, verdict: Verdict) => ({ subject, verdict, text: '' });
    const lines = [
      line('worker', 'critical'),
      line('worker', 'unknown'),
      line('backup', 'not applicable'),
      line('backup', 'warning'),
      line('drill', 'not applicable'),
    ];

    const text = textfile({ ...status, lines });

    expect(text.split('\n').filter((one) => one.startsWith('runbook_target_line_status'))).toEqual([
      'runbook_target_line_status{target="shop",subject="worker"} 2',
      'runbook_target_line_status{target="shop",subject="backup"} 1',
    ]);
  });

  plain(
    'the textfile has no timestamp, a type for each family, and labels that end where they end',
    () => {
      const lines = textfile(status).split('\n');

      const sample =
        /^([a-z_]+)\{([a-z]+="(?:[^"\\\n]|\\[\\"n])*",?)+\} (NaN|-?\d+(\.\d+)?(e\+?\d+)?)$/;
      expect(lines.at(-1)).toBe('');
      const rest = lines.slice(0, -1).filter((line) => !line.startsWith('# '));
      expect(rest.filter((line) => !sample.test(line))).toEqual([]);
      expect(rest.length).toBe(9);
      for (const line of rest) expect(lines).toContain(`# TYPE ${sample.exec(line)![1]} gauge`);
    },
  );
});

function of({ lines }: Status, subject: string) {
  return lines.find((line) => line.subject === subject);
}

function record(
  { state }: Pick<SqliteTarget, 'state'>,
  verdict: Verdict,
  at = new Date().toISOString(),
) {
  const store = openFigures(state);
  const health = figure('ok', { name: 'app.health', value: 0.01, note: 'answers', at });
  const slow = figure(verdict, {
    at,
    value: verdict === 'ok' ? 1 : 9,
    limit: verdict === 'ok' ? 'warning above 2s' : 'critical above 5s',
  });
  store.record([health, slow], at);
  store.close();
}

function figure(
  verdict: Verdict,
  more: { [Key in keyof Figure]?: Figure[Key] | undefined },
): Figure {
  const { value, ...rest } = { value: 1, ...more };
  const at = new Date().toISOString();
  const facts = {
    name: 'response.p95',
    unit: 'seconds',
    source: 'a test',
    at,
    note: 'slow',
  } as const;
  return { ...facts, verdict, ...(rest as Partial<Figure>), ...(value !== undefined && { value }) };
}

function stampNow(): string {
  return new Date().toISOString().replaceAll(/[-:]/g, '').replace('T', '_').slice(0, 15);
}
