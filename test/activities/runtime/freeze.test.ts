import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { runtimeActivities } from '../../../src/activities/runtime/runtime-activities.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { eventually, test } from './support/applications.ts';

describe('runtime.freeze', () => {
  for (const [how, end] of [
    ['thaw', (runtime: Runtime) => runtime.thaw()],
    ['start', (runtime: Runtime) => runtime.start()],
  ] as const)
    test(`holds the whole group still until ${how}`, async ({ directory, targetFor }) => {
      const counted = join(directory, 'counted');
      const counts = `while :; do echo >> "${counted}"; sleep 0.02; done`;
      const target = targetFor(`(${counts}) & ${counts}`);
      const runtime = runtimeActivities(target, 'a run');
      await runtime.start();
      await grown(counted);

      const first = await runtime.freeze();
      const held = readFileSync(counted).length;
      const again = await runtime.freeze();
      await sleep(200);
      const still = readFileSync(counted).length;
      const since = noteOf(target);
      await end(runtime);

      expect([first, again]).toEqual([{ changed: true }, { changed: false }]);
      expect(still).toBe(held);
      expect(since).toMatchObject({ run: 'a run' });
      await grown(counted);
      expect(noteOf(target)).toBeUndefined();
      await runtime.stop();
    });

  test('leaves one that can be stopped as any other, by TERM', async ({ directory, targetFor }) => {
    const bye = join(directory, 'bye');
    const hears = `trap 'echo bye > "${bye}"; exit' TERM; echo > "${join(directory, 'hears')}"`;
    const target = targetFor(`${hears}; while :; do sleep 0.05; done`);
    const runtime = runtimeActivities(target);
    await runtime.start();
    await grown(join(directory, 'hears'), 0);
    await runtime.freeze();

    await runtime.stop();

    expect(existsSync(bye)).toBe(true);
    expect(noteOf(target)).toBeUndefined();
  });

  test('has nothing to do where nothing runs', async ({ targetFor }) => {
    const target = targetFor('exit');

    expect(await runtimeActivities(target).freeze()).toEqual({ changed: false });
    expect(noteOf(target)).toBeUndefined();
  });
});

type Runtime = ReturnType<typeof runtimeActivities>;

async function grown(file: string, before = sizeOf(file)): Promise<void> {
  await eventually(async () => (sizeOf(file) > before ? true : undefined));
}

function sizeOf(file: string): number {
  return existsSync(file) ? readFileSync(file).length : 0;
}

function noteOf({ state }: SqliteTarget): unknown {
  const file = join(state, 'frozen.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
