import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import { runtimeActivities } from '../../../src/activities/runtime/runtime-activities.ts';
import { TIMEOUT } from '../../support/timeouts.ts';
import { isAlive, LIVES, recordOf, test } from './support/applications.ts';

describe('runtime.stop', () => {
  test('ends the whole group of the application', async ({ directory, targetFor }) => {
    const runtime = runtimeActivities(
      targetFor(`sleep 300 & echo $! > "${directory}/child"; exec sleep 300`),
    );
    await runtime.start();
    const child = Number(await readFile(join(directory, 'child'), 'utf8'));
    const before = new Date().toISOString();

    const stopped = await runtime.stop();

    expect(stopped.changed).toBe(true);
    expect(stopped.begunAt >= before && stopped.begunAt <= new Date().toISOString()).toBe(true);
    expect(isAlive(child)).toBe(false);
  });

  test('returns only when the last child is gone, not when the command is', async ({
    directory,
    targetFor,
  }) => {
    const slow = `trap 'sleep 0.5; echo written > "${directory}/last"; exit' TERM; while :; do sleep 0.05; done`;
    await writeFile(join(directory, 'slow.sh'), slow);
    const runtime = runtimeActivities(targetFor(`sh "${directory}/slow.sh" & exec sleep 300`));
    await runtime.start();

    await runtime.stop();

    expect(await readFile(join(directory, 'last'), 'utf8')).toBe('written\n');
  });

  test('kills a group that does not hear TERM, after its grace', async ({
    directory,
    targetFor,
  }) => {
    const deaf = `trap '' TERM; sh -c 'echo $$ > "${directory}/child"; while :; do sleep 1; done' & while :; do sleep 1; done`;
    const runtime = runtimeActivities(targetFor(deaf, '300ms'));
    await runtime.start();
    const child = Number(await readFile(join(directory, 'child'), 'utf8'));
    const since = performance.now();

    await runtime.stop();

    expect(performance.now() - since).toBeGreaterThan(290);
    expect(isAlive(child)).toBe(false);
    expect((await runtime.describe()).running).toBe(false);
  });

  test('lets a process that somebody paused hear TERM', async ({ directory, targetFor }) => {
    const runtime = runtimeActivities(
      targetFor(
        `trap 'echo bye > "${directory}/bye"; exit' TERM; kill -STOP $$; while :; do sleep 0.05; done`,
      ),
    );
    await runtime.start();

    await runtime.stop();

    expect(await readFile(join(directory, 'bye'), 'utf8')).toBe('bye\n');
  });

  test('ends children whose first process has died', async ({ directory, targetFor }) => {
    const runtime = runtimeActivities(
      targetFor(`sleep 300 & echo $! > "${directory}/child"; exit`),
    );
    await runtime.start();
    const child = Number(await readFile(join(directory, 'child'), 'utf8'));
    expect((await runtime.describe()).running).toBe(true);

    await runtime.stop();

    expect(isAlive(child)).toBe(false);
  });

  test('leaves a stranger alone that got the same pid', async ({ targetFor, begin }) => {
    const target = targetFor(LIVES);
    const stranger = begin('exec sleep 300');
    await recordOf(target, { pid: stranger.pid!, startTime: 'another time' });

    const stopped = await runtimeActivities(target).stop();

    expect(stopped.changed).toBe(false);
    expect(isAlive(stranger.pid!)).toBe(true);
  });

  test('leaves the group alone that a stranger with the same pid left behind', async ({
    directory,
    targetFor,
    begin,
  }) => {
    const target = targetFor(LIVES);
    const stranger = begin(`sleep 300 & echo $! > "${directory}/left"; exit`);
    await once(stranger, 'exit');
    const left = Number(await readFile(join(directory, 'left'), 'utf8'));
    await recordOf(target, { pid: stranger.pid!, startTime: 'another time' });

    await runtimeActivities(target).stop();

    expect(isAlive(left)).toBe(true);
  });

  test('tells a retry when the first try began', async ({ targetFor, inProcess }) => {
    const target = targetFor(`trap '' TERM; while :; do sleep 0.1; done`, '1s');
    const runtime = runtimeActivities(target);
    await runtime.start();
    const before = Date.now();
    const stopper = inProcess(target, `process.send('ready'); await runtime.stop();`);
    await once(stopper, 'message');
    await vi.waitFor(
      () => expect(existsSync(join(target.state, 'stop-order.json'))).toBe(true),
      TIMEOUT,
    );
    stopper.kill('SIGKILL');
    await once(stopper, 'exit');
    const after = Date.now();

    const second = await runtime.stop();
    const third = await runtime.stop();

    expect(second.changed).toBe(true);
    expect(Date.parse(second.begunAt)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(second.begunAt)).toBeLessThan(after);
    expect(third).toEqual({ changed: false, begunAt: second.begunAt, evidence: [] });
  });

  test('begins a new order after a start', async ({ targetFor }) => {
    const runtime = runtimeActivities(targetFor(LIVES));
    await runtime.start();
    const first = await runtime.stop();
    await runtime.start();

    const second = await runtime.stop();

    expect(second.begunAt > first.begunAt).toBe(true);
  });
});
