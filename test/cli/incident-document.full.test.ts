import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openServed, type Served } from './support/served.ts';

let served: Served;

beforeAll(async () => {
  served = await openServed('document', {
    escalation: [{ level: 1, to: 'operations', after: '0s' }],
    contacts: { operations: { members: ['ops-1'] } },
    incidents: {
      review: { to: 'operations', within: '48h', of: ['sev1'] },
      actions: { sev4: { task: 'Backlog', to: 'operations', within: '30d' } },
    },
  });
});
afterAll(() => served.close());

const type: Served['type'] = (...args) => served.type(...args);
const WAIT = { timeout: 60_000, interval: 200 };
const by = ['--by', 'ops-1'];

describe('the document of an incident', () => {
  test('is written by people, taught to a runbook, and shown in its plan and in the list', async () => {
    const { client } = served;
    const opened = await type(
      'incidents',
      'open',
      'No charts',
      '--severity',
      'sev1',
      ...by,
      '--json',
    );
    const { incident } = JSON.parse(opened.stdout) as { incident: string };
    const document = (...more: string[]) => type('incidents', 'document', incident, ...more, ...by);

    const early = await document('--impact', 'Nobody sees a chart');
    await type('incidents', 'resolve', incident, ...by);
    await client.workflow.getHandle(incident).result();
    const refused = [
      await document(),
      await document('--began', 'yesterday'),
      await document('--began', '2099-01-01T00:00:00Z'),
      await type('incidents', 'review', incident, 'Oh', '--learned', 'Look', ...by),
      await type(
        'incidents',
        'review',
        incident,
        'Oh',
        '--learned',
        'Look',
        '--runbook',
        'databse-recovery',
      ),
      await type('incidents', 'review', incident, 'Oh', '--runbook', 'database-recovery'),
    ];
    const late = await document('--cause', 'The disk was full', '--began', '2026-01-05T01:40:00Z');
    const reviewed = await type(
      'incidents',
      'review',
      incident,
      'We looked too late',
      '--learned',
      'Look at the disk first',
      '--runbook',
      'database-recovery',
      'application-down',
      ...by,
    );
    const list = await vi.waitFor(async () => {
      const { stdout } = await type('list', '--long', '-t', 'document');
      expect(stdout).toContain('Look at the disk first');
      return stdout;
    }, WAIT);
    const plan = await type('plan', 'application-down', '-t', 'document');
    const json = await type('plan', 'application-down', '-t', 'document', '--json');
    const shown = await type('incidents', 'show', incident, '--format', 'md');

    expect([early, late, reviewed].map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(refused.map(({ exitCode }) => exitCode)).toEqual([2, 2, 2, 2, 2, 2]);
    expect(refused.map(({ stderr }) => stderr.split('\n')[0])).toEqual([
      'Error: There is nothing to write',
      'Error: Cannot read --began "yesterday": expected a time with its zone',
      expect.stringMatching(
        /^Error: Cannot do that with .*: 2099-01-01T00:00:00.000Z is yet to come/,
      ),
      `Error: No runbook was run for "${incident}": say whose it is`,
      'Error: Cannot find runbook "databse-recovery": did you mean "database-recovery"?',
      'Error: Say what is to be learned: --learned',
    ]);
    for (const { stderr } of refused) expect(stderr).toContain('\nTry: ');
    const lines = list.split('\n');
    for (const name of ['database-recovery', 'application-down'])
      expect(lines[lines.findIndex((line) => line.startsWith(`${name} `)) + 1]).toMatch(
        /^ {4}learned 20\d\d-\d\d-\d\d: Look at the disk first \(incident\/document\/no-charts\)$/,
      );
    expect(plan.stdout).toContain(': Look at the disk first (incident/document/no-charts)');
    expect(JSON.parse(json.stdout)).toMatchObject({
      learned: [{ text: 'Look at the disk first', incident }],
    });
    expect(shown.stdout).toMatch(/## Impact\n\n- Nobody sees a chart \(ops-1 /);
    expect(shown.stdout).toMatch(/## Root cause\n\n- The disk was full \(ops-1 /);
    expect(shown.stdout).toMatch(/## Review\n\n- We looked too late \(ops-1 /);
    expect(shown.stdout).toMatch(
      /- Learned for database-recovery, application-down: Look at the disk first/,
    );
  });

  test('has the backlog that the policy asks for of a sev4', async () => {
    await type('incidents', 'open', 'A typo', '--severity', 'sev4', ...by);

    await vi.waitFor(async () => {
      const { stdout } = await type('incidents', 'show', 'a-typo');
      expect(stdout).toMatch(
        /\[ \] 1\. Backlog: A typo \(operations, until 20\d\d-\d\d-\d\d\): open/,
      );
    }, WAIT);
  });
});

describe('a silence', () => {
  test('is listed with who has ended it, and stands in the status and the audit', async () => {
    const match = ['--match', 'alertname=DiskFull'];
    const reason = ['--reason', 'It is being changed'];
    const added = await type(
      'incidents',
      'silences',
      'add',
      '-t',
      'document',
      ...match,
      ...reason,
      '--for',
      '2h',
      ...by,
      '--json',
    );
    const { id } = JSON.parse(added.stdout) as { id: string };
    await vi.waitFor(async () => {
      const { stdout } = await type('status', 'document');
      expect(stdout).toMatch(/ops-1 .*has silenced alertname=DiskFull until .*It is being changed/);
    }, WAIT);

    const ended = await type(
      'incidents',
      'silences',
      'end',
      id.slice(0, 8),
      '-t',
      'document',
      ...by,
    );

    expect(ended.exitCode).toBe(0);
    await vi.waitFor(async () => {
      const { stdout } = await type('incidents', 'silences', 'list', '-t', 'document', '--all');
      expect(stdout).toMatch(/ended {2}20\d\d-.* UTC by ops-1 \(.*\) {2}alertname=DiskFull/);
    }, WAIT);
    await vi.waitFor(async () => {
      const { stdout } = await type('audit', 'show', '-t', 'document');
      expect(stdout).toMatch(/: silenced, silences\/document: alertname=DiskFull from /);
      expect(stdout).toMatch(/: ended, silences\/document: the silence of alertname=DiskFull by /);
    }, WAIT);
    expect((await type('incidents', 'silences', 'list', '-t', 'document')).stdout).toBe('');
  });
});
