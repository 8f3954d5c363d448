import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { runtimeActivities } from '../../src/activities/runtime/runtime-activities.ts';
import type { ApplicationState } from '../../src/cli/local/application-state.ts';
import { writeContainment } from '../../src/state/containment.ts';
import { eventually, LIVES, test } from '../activities/runtime/support/applications.ts';
import { reservedPort } from '../support/reserved-port.ts';
import { runbook } from './support/runbook.ts';
import { targetsIn } from './support/targets-in.ts';

describe('target ps', () => {
  test('tells process, start, memory and ports of what runs', async ({ targetFor, directory }) => {
    const port = await reservedPort();
    const script = `"${process.execPath}" -e 'require("net").createServer().listen(${port}, "127.0.0.1")'`;
    const target = targetFor(script);
    const env = targetsIn(directory, target);
    await runtimeActivities(target).start();

    const seen = await eventually(async () => {
      const { stdout } = await runbook(['target', 'ps', target.name, '--json'], env);
      const state = JSON.parse(stdout) as ApplicationState;
      return state.instances[0]!.ports.length > 0 ? state : undefined;
    });
    const text = await runbook(['target', 'ps'], env);

    expect(seen).toMatchObject({ target: target.name, running: true });
    expect(seen.instances).toEqual([
      {
        service: 'application',
        isApplication: true,
        name: 'sh',
        state: 'running',
        running: true,
        pid: expect.any(Number),
        since: expect.stringMatching(/^20\d\d-/),
        ports: [`127.0.0.1:${port}`],
        memory: expect.any(Number),
      },
    ]);
    expect(seen.instances[0]!.memory).toBeGreaterThan(10_000_000);
    expect(text.exitCode).toBe(0);
    expect(text.stdout).toMatch(
      new RegExp(
        `^${target.name}: the application runs\\nservice +state .*\\n\\* application +running +20.*Z +\\d+ +- +\\d+ MB +127\\.0\\.0\\.1:${port}`,
      ),
    );
  });

  test('tells what is held still, contained, or does not run', async ({ targetFor, directory }) => {
    const target = targetFor(LIVES);
    const env = targetsIn(directory, target);
    const runtime = runtimeActivities(target, 'a-run');
    const look = async () => (await runbook(['target', 'ps', target.name], env)).stdout;

    const before = await look();
    await runtime.start();
    await runtime.freeze();
    const held = await look();
    await runtime.stop();
    mkdirSync(target.state, { recursive: true });
    const since = '2026-01-05T02:00:00Z';
    const facts = { by: 'ops-1', since, reason: '\u001B[31mit spams', run: 'r', ran: true };
    writeContainment(target, facts);
    const contained = await look();
    writeFileSync(`${target.state}/containment.json`, 'torn');
    const unreadable = await look();

    expect(before).toContain(`${target.name}: the application does not run`);
    expect(before).toMatch(/^\* application +not running/m);
    expect(held).toMatch(/^\* application +held still/m);
    expect(held).toContain('A run holds it still');
    expect(contained).toMatch(/^Contained by ops-1 since 2026.* because .*it spams/m);
    expect(contained).not.toContain('\u001B');
    expect(unreadable).toContain('Cannot read');
  });

  test('refuses a target of another host, and an unknown one', async ({ targetFor, directory }) => {
    const target = targetFor(LIVES);
    const env = targetsIn(directory, { ...target, directory: '/nowhere/at/all' });

    const elsewhere = await runbook(['target', 'ps', target.name], env);
    const unknown = await runbook(['target', 'ps', `${target.name}x`], env);

    expect([elsewhere.exitCode, elsewhere.stdout]).toEqual([2, '']);
    expect(elsewhere.stderr).toMatch(/^Error: Cannot find "\/nowhere.*\nTry: the same on the host/);
    expect([unknown.exitCode, unknown.stdout]).toEqual([2, '']);
    expect(unknown.stderr).toMatch(/^Error: .*\nTry: /);
  });
});
