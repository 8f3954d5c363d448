import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { targetIn } from '../support/target.ts';
import { type Answer, runbook } from './support/runbook.ts';

const NOBODY = '127.0.0.1:1';
let targets: string;

beforeAll(() => {
  targets = mkdtempSync(join(tmpdir(), 'usage-'));
  const { backups, ...target } = targetIn(targets, { name: 'shop' });
  writeFileSync(join(targets, 'shop.yaml'), stringify({ ...target, backups }));
});
afterAll(() => rmSync(targets, { recursive: true }));

const type = (...args: string[]): Promise<Answer> =>
  runbook(args, { RUNBOOK_TARGETS: targets, TEMPORAL_ADDRESS: NOBODY });

describe('help', () => {
  test.concurrent('tells every verb in one line, examples and exit codes, on 80 columns', async () => {
    const { stdout, stderr, exitCode } = await type('--help');

    expect(exitCode).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^ {2}start +Start a runbook on a target, and follow it to its end$/m);
    expect(stdout).toContain('Examples:\n  runbook demo');
    expect(stdout).toContain('Exit codes:\n  0  done\n  1  the run failed');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test.concurrent('is there before anything heavy is loaded', async () => {
    const spy = `import { registerHooks } from 'node:module';
      registerHooks({ load(url, context, next) { process.stderr.write(url + '\\n'); return next(url, context); } });`;
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(spy)}`;

    const { stderr } = await runbook(['--help'], { NODE_OPTIONS });

    expect(stderr).toContain('dist/cli/main.js');
    expect(stderr).not.toMatch(/@temporalio|better-sqlite3|node_modules\/(zod|yaml|ioredis|execa)/);
  });

  test.concurrent('of start lists the runbooks', async () => {
    const { stdout } = await type('start', '--help');

    expect(stdout).toMatch(/^ {2}daily-backup +Daily backup$/m);
    expect(stdout).toMatch(/^ {2}database-recovery +Database recovery$/m);
  });

  test.concurrent('of a runbook shows its flags and its numbered plan', async () => {
    const { stdout } = await type('start', 'database-recovery', '--help');

    expect(stdout).toContain('--backup <backup>');
    expect(stdout).toContain('  1. Find the backup\n  2. Examine the live database');
  });
});

describe('wrong use', () => {
  const cases: readonly [typed: string, error: string, hint: string][] = [
    ['strat', 'Cannot find command "strat": did you mean "start"?', 'runbook --help'],
    ['list --jsn', 'Unknown option "--jsn": did you mean "--json"?', 'runbook list --help'],
    ['report', 'Missing required argument "run"', 'runbook report --help'],
    ['start', 'Missing a runbook after "runbook start"', 'runbook start --help'],
    [
      'start database-recover',
      'Cannot find runbook "database-recover": did you mean "database-recovery"?',
      'runbook start --help',
    ],
    [
      'plan database-recover',
      'Cannot find runbook "database-recover": did you mean "database-recovery"?',
      'runbook plan --help',
    ],
    [
      'runs --state runing',
      'Cannot find state "runing": did you mean "running"?',
      'runbook runs --help',
    ],
    [
      'runs --family recovry',
      'Cannot find family "recovry": did you mean "recovery"?',
      'runbook list',
    ],
    [
      'runs --severity 1',
      'Cannot find severity "1": there are sev1, sev2, sev3, sev4',
      'runbook runs --help',
    ],
    [
      'runs --since yesterday',
      'Cannot read --since "yesterday": Expected a length of time such as "24h", or a time such as "2026-01-05" or "2026-01-05T02:00:00Z"',
      'runbook runs --since 24h',
    ],
    [
      'runs --since 2026-02-30',
      'Cannot read --since "2026-02-30": Expected a length of time such as "24h", or a time such as "2026-01-05" or "2026-01-05T02:00:00Z"',
      'runbook runs --since 24h',
    ],
    [
      'start stop-application --target shop --until 2026-13-45T04:00Z',
      'Cannot read --until "2026-13-45T04:00Z": Expected how long, such as "4h", or until when, such as "2026-01-05T04:00Z"',
      'runbook start stop-application --help',
    ],
    [
      'start stop-application --target shop --until 3000000d',
      'Cannot read --until "3000000d": Expected at most a year',
      'runbook start stop-application --help',
    ],
    [
      'start scale-application --target shop',
      'Expected --memory, --cpus or both, or --replicas',
      'runbook start scale-application --help',
    ],
    [
      'start scale-application --target shop --memory 4',
      'Cannot read --memory "4": Expected a number and "m" or "g", such as "4g"',
      'runbook start scale-application --help',
    ],
    [
      'start automation --target shop --turn off --for 3000000d',
      'Cannot read --for "3000000d": Expected at most "366d"',
      'runbook start automation --help',
    ],
    [
      'automation off --target shop --reason x --for 400d',
      'Cannot read --for "400d": Expected at most "366d"',
      '--for 4h',
    ],
    [
      'notify on-call --target shop --at 2026-02-30T00:00Z',
      'Cannot read --at "2026-02-30T00:00Z": Expected a time with its zone, such as "2026-12-24T08:00:00Z"',
      'runbook notify on-call --at 2026-12-24T08:00:00Z',
    ],
    [
      'runs --runbook daily-backups',
      'Cannot find runbook "daily-backups": did you mean "daily-backup"?',
      'runbook list',
    ],
  ];
  for (const [typed, error, hint] of cases)
    test.concurrent(`"${typed}" ends with 2, an error and what to try`, async () => {
      const answer = await type(...typed.split(' '));

      expect(answer).toEqual({
        exitCode: 2,
        stdout: '',
        stderr: `Error: ${error}\nTry: ${hint}`,
      });
    });

  test.concurrent('of no command at all shows the help where errors go', async () => {
    const { exitCode, stdout, stderr } = await type();

    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Usage: runbook');
  });
});

describe('a target', () => {
  test.concurrent('that is unknown is answered with the nearest and all there are', async () => {
    const { exitCode, stdout, stderr } = await type('start', 'daily-backup', '--target', 'shpo');

    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      `Error: Cannot find target "shpo" in "${targets}": did you mean "shop"?\nTry: runbook target list`,
    );
  });

  test.concurrent('is listed, as JSON too', async () => {
    const { exitCode, stdout } = await type('target', 'list', '--json');

    expect([exitCode, JSON.parse(stdout)]).toEqual([
      0,
      [{ name: 'shop', enabled: true, directory: targets }],
    ]);
  });

  test.concurrent('on which nothing is incomplete needs no repair, and no Temporal to tell', async () => {
    const { exitCode, stdout, stderr } = await type('repair', '--target', 'shop');

    expect([exitCode, stdout]).toEqual([0, 'Nothing is incomplete on "shop"']);
    expect(stderr).toContain('nobody listens there');
  });

  test.concurrent('that is sound is checked with 0, and says what it is', async () => {
    const { exitCode, stdout } = await type('target', 'check', join(targets, 'shop.yaml'));
    expect(await type('target', 'check', 'shop')).toMatchObject({ exitCode, stdout });

    expect(exitCode).toBe(0);
    expect(stdout).toContain(`shop: enabled, in ${targets}`);
  });

  test.concurrent('with an extension that is not there is checked with 2, and says which', async () => {
    const place = mkdtempSync(join(tmpdir(), 'faulty-'));
    const shop = readFileSync(join(targets, 'shop.yaml'), 'utf8');
    const file = join(place, 'shop.yaml');
    writeFileSync(file, shop.replace('extensions: []', 'extensions: [{ file: icu.so }]'));

    const { exitCode, stdout } = await type('target', 'check', file, '--json');

    expect(exitCode).toBe(2);
    const { faults } = JSON.parse(stdout) as { faults: string[] };
    expect(faults).toEqual([
      expect.stringMatching(/^"database.extensions.0.file": Cannot find the extension ".*icu.so"$/),
    ]);
  });

  test.concurrent('that is faulty is checked with 2, and says where and what', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'faulty-')), 'shop.yaml');
    writeFileSync(file, 'name: shop\ndirectoy: /app\n');

    const { exitCode, stdout } = await type('target', 'check', file, '--json');

    expect(exitCode).toBe(2);
    const { faults } = JSON.parse(stdout) as { faults: string[] };
    expect(faults).toContain(`Unknown key "directoy" in ${file}:2: did you mean "directory"?`);
  });
});

describe('list', () => {
  test.concurrent('tells every runbook with its plan as JSON', async () => {
    const { stdout } = await type('list', '--json');

    const rows = JSON.parse(stdout) as { name: string; plan: string[] }[];
    const recovery = rows.find(({ name }) => name === 'database-recovery');
    expect(recovery?.plan[0]).toBe('Find the backup');
  });
});

describe('without a Temporal server', () => {
  for (const typed of ['runs', 'start daily-backup', 'worker shop', 'report 2026 --json'])
    test.concurrent(`"${typed}" ends with 4 and names the way to one`, async () => {
      const { exitCode, stdout, stderr } = await type(...typed.split(' '));

      expect([exitCode, stdout]).toEqual([4, '']);
      expect(stderr).toMatch(`Error: Cannot reach Temporal at ${NOBODY}: nobody listens there`);
      expect(stderr).toMatch(/^Try: runbook dev/m);
    });

  test.concurrent('doctor ends with 1 and says what is missing', async () => {
    const { exitCode, stdout } = await type('doctor', '--json');

    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toContainEqual(
      expect.objectContaining({ subject: `Temporal at ${NOBODY}`, state: 'missing' }),
    );
  });
});
