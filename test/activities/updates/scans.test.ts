import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { readList } from '../../../src/activities/updates/scans/pip-audit.ts';
import { updateActivities } from '../../../src/activities/updates/updates-activities.ts';
import { Updates } from '../../../src/config/schema/upkeep/updates.ts';
import type { Target } from '../../../src/config/schema/target.ts';
import { test } from '../../support/target.ts';

/** A scanner that prints this, whatever it is asked. `{planted}` becomes the last of its arguments. */
function printing(target: Target, text: string, code = 0): string[] {
  const file = join(target.directory, 'scanner.sh');
  writeFileSync(
    file,
    `for planted; do :; done\nsed "s#{planted}#$planted#" <<'END'\n${text}\nEND\nexit ${code}\n`,
  );
  return ['sh', file];
}

/** What real ones print, is put to the test in `scanners.full.test.ts`. */
const bandit = (results: object[], errors: object[] = [], loc = 40) =>
  JSON.stringify({ errors, metrics: { _totals: { loc } }, results });
const planted = {
  filename: '{planted}',
  line_number: 2,
  issue_severity: 'LOW',
  test_id: 'B602',
  test_name: 'x',
};
const found = {
  ...planted,
  filename: 'src/a.py',
  issue_severity: 'HIGH',
  issue_text: 'password: "secret"',
};

async function scanCode(target: Target, command: string[], paths = ['src']) {
  mkdirSync(join(target.directory, 'src'), { recursive: true });
  target.updates = Updates.parse({ code: { command, paths } });
  return updateActivities(target, 'run').scanCode();
}

describe('updates.scanCode', () => {
  test('is clean when it found what was planted, and nothing else', async ({ target }) => {
    const scan = await scanCode(target, printing(target, bandit([planted]), 1));

    expect(scan).toMatchObject({ outcome: 'clean', findings: 0 });
  });

  test('tells where and what, and never what may be secret', async ({ target }) => {
    const scan = await scanCode(target, printing(target, bandit([planted, found]), 1));

    expect(scan).toMatchObject({ outcome: 'findings', shown: ['src/a.py:2 HIGH B602 x'] });
    expect(JSON.stringify(scan)).not.toContain('secret');
  });

  test.for([
    ['what was planted is not found', bandit([]), 0, /did not find what was put there/],
    [
      'a file cannot be read',
      bandit([planted], [{ filename: 'src/b.py', reason: 'syntax error' }]),
      1,
      /could not read 1 file, such as "src\/b.py"/,
    ],
    ['there is no code', bandit([planted], [], 2), 1, /no line of Python/],
    ['it prints something else', 'Segmentation fault', 1, /no report of Bandit/],
    ['it fails', '', 2, /exit code 2/],
  ] as const)('is unknown, and never clean, when %s', async ([, text, code, why], { target }) => {
    const scan = await scanCode(target, printing(target, text, code));

    expect(scan).toMatchObject({ outcome: 'unknown', note: expect.stringMatching(why) });
  });

  test('is unknown when its directory, or the scanner itself, is not there', async ({ target }) => {
    const missing = await scanCode(target, printing(target, bandit([planted])), ['scripts']);
    const absent = await scanCode(target, ['no-such-scanner']);

    expect([missing, absent]).toMatchObject([
      { outcome: 'unknown', note: 'Unknown: "scripts" is not there' },
      { outcome: 'unknown', note: expect.stringContaining('not found') },
    ]);
  });
});

const audit = (...dependencies: object[]) => JSON.stringify({ dependencies, fixes: [] });
const clean = (name: string, version: string) => ({ name, version, vulns: [] });
const vulnerable = (name: string, version: string) => ({
  name,
  version,
  vulns: [{ id: 'PYSEC-2020-1', fix_versions: ['9'] }],
});
const control = vulnerable('feedgen', '0.8.0');

async function scanAdvisories(target: Target, command: string[], list = 'idna==3.10\n') {
  writeFileSync(join(target.directory, 'lock.txt'), list);
  target.updates = Updates.parse({ advisories: { command, list: { file: 'lock.txt' } } });
  return updateActivities(target, 'run').scanAdvisories();
}

describe('updates.scanAdvisories', () => {
  test('is clean when each name was answered for, and what was planted was found', async ({
    target,
  }) => {
    const command = printing(target, audit(clean('idna', '3.10'), control), 1);

    expect(await scanAdvisories(target, command)).toMatchObject({ outcome: 'clean', findings: 0 });
  });

  test('tells what is vulnerable, and what fixes it', async ({ target }) => {
    const command = printing(target, audit(vulnerable('idna', '3.10'), control), 1);

    expect(await scanAdvisories(target, command)).toMatchObject({
      outcome: 'findings',
      shown: ['idna 3.10 PYSEC-2020-1, fixed in 9'],
    });
  });

  const skipped = { name: 'idna', skip_reason: 'Dependency not found on PyPI' };
  test.for([
    [
      'its source says nothing of what was planted',
      audit(clean('idna', '3.10'), clean('feedgen', '0.8.0')),
      0,
      /did not find/,
    ],
    ['it skips a name', audit(skipped, control), 1, /1 of 1 could not be checked, such as "idna"/],
    ['it leaves a name out', audit(control), 1, /could not be checked/],
    [
      'its source is dead, and it ends with what it has for findings, too',
      '',
      1,
      /source could not be reached/,
    ],
  ] as const)('is unknown, and never clean, when %s', async ([, text, code, why], { target }) => {
    const scan = await scanAdvisories(target, printing(target, text, code));

    expect(scan).toMatchObject({ outcome: 'unknown', note: expect.stringMatching(why) });
  });

  test('is unknown of a list that is not there, or names no version', async ({ target }) => {
    const command = printing(target, audit(control), 1);
    const none = await scanAdvisories(target, command, '# nothing\n');
    target.updates = Updates.parse({ advisories: { command, list: { file: 'gone.txt' } } });
    const gone = await updateActivities(target, 'run').scanAdvisories();

    expect([none, gone]).toMatchObject([
      { outcome: 'unknown', note: expect.stringContaining('names no') },
      { outcome: 'unknown', note: 'Unknown: "gone.txt" is not there' },
    ]);
  });
});

describe('readList', () => {
  test('takes exact versions, leaves the application itself out, and names what is neither', () => {
    const text = `# a lock
--index-url https://pypi.org/simple
-e .
ahgd @ file:///app
Requests[socks]==2.32.3 ; python_version >= "3.9" \\
    --hash=sha256:00 \\
    --hash=sha256:11
idna==3.10
idna==3.10
git+https://example.org/x
numpy>=2
`;

    expect(readList(text)).toEqual({
      pinned: ['Requests==2.32.3', 'idna==3.10'],
      others: ['git+https://example.org/x', 'numpy>=2'],
    });
  });

  test('names another list and what comes from a repository, which nobody has checked', () => {
    const others = [
      '-r more.txt',
      '--requirement=../other.txt',
      '-e git+https://example.org/x@0a1b#egg=x',
      '--editable=git+ssh://git@example.org/y',
      './local.whl',
      '../elsewhere',
    ];
    const own = ['-e /srv/app', '-e .[dev]', '--editable=file:///srv/app', '-c bounds.txt'];

    expect(readList([...others, ...own, '--require-hashes'].join('\n'))).toEqual({
      pinned: [],
      others,
    });
  });
});
