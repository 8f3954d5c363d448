import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { runtimeActivities } from '../../src/activities/runtime/runtime-activities.ts';
import { LIVES, test } from '../activities/runtime/support/applications.ts';
import { fill } from '../support/target.ts';
import { runbook } from './support/runbook.ts';
import { targetsIn } from './support/targets-in.ts';

interface Finding {
  readonly subject: string;
  readonly state: string;
  readonly finding: string;
}

describe('doctor of a target', () => {
  test('looks at its paths, its application and its figures', async ({ targetFor, directory }) => {
    const target = targetFor(LIVES);
    fill(target.database.file, 9);
    chmodSync(target.database.file, 0o644);
    mkdirSync(target.state, { recursive: true });
    const env = targetsIn(directory, target);
    await runtimeActivities(target).start();
    const look = async () => {
      const { stdout, exitCode } = await runbook(['doctor', target.name, '--json'], env);
      const findings = JSON.parse(stdout) as Finding[];
      return { exitCode, of: (name: string) => findings.find(({ subject }) => subject === name) };
    };

    const up = await look();
    await runtimeActivities(target).stop();
    rmSync(target.database.file);
    const down = await look();

    expect(up.exitCode).toBe(1);
    expect(up.of(`Application of ${target.name}`)).toMatchObject({ state: 'ok' });
    expect(up.of('Database')).toMatchObject({ state: 'ok' });
    expect(up.of('Backup directory')).toMatchObject({ state: 'optional' });
    expect(up.of('database.mode')?.state).not.toBe('ok');
    expect(up.of('app.health')).toMatchObject({ state: expect.stringMatching(/missing|optional/) });
    expect(up.of('redis.ping')).toBeUndefined();
    expect(down.of(`Application of ${target.name}`)).toMatchObject({
      state: 'missing',
      finding: 'not running',
    });
    expect(down.of('Database')).toMatchObject({ state: 'missing' });
  });

  test('says on which host to ask, and refuses an unknown target', async ({
    targetFor,
    directory,
  }) => {
    const target = targetFor(LIVES);
    const env = targetsIn(directory, { ...target, directory: '/nowhere/at/all' });

    const elsewhere = await runbook(['doctor', target.name], env);
    const unknown = await runbook(['doctor', 'unheard-of'], env);

    expect(elsewhere.exitCode).toBe(1);
    expect(elsewhere.stdout).toMatch(
      /^missing +Directory of .*: "\/nowhere.*\n +Try: runbook doctor/m,
    );
    expect([unknown.exitCode, unknown.stdout]).toEqual([2, '']);
  });
});
