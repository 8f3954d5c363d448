import { describe, expect } from 'vitest';
import { drillActivities } from '../../../src/activities/drill/drill-activities.ts';
import { drillTarget, wantsImage } from '../../../src/activities/drill/drill-target.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { Stamp } from '../../../src/config/time/stamp.ts';
import { takeBackup } from '../../support/take-backup.ts';
import { test } from '../../support/target.ts';

const STAMP = Stamp.parse('20260105_020000');
const compose: SqliteTarget['runtime'] = {
  kind: 'compose',
  service: 'app',
  profiles: [],
  stopGrace: '1s',
  environment: [],
};

function onImage(target: SqliteTarget): SqliteTarget {
  const command = ['docker', 'run', '-p', '127.0.0.1:{port}:80', '{image}', 'serve', '{image}'];
  return { ...target, drill: { command, environment: {}, url: 'u', health: 'h' } };
}

describe('"{image}" of a drill', () => {
  test('is the image that is known by then', ({ target }) => {
    const { runtime } = drillTarget(onImage(target), STAMP, { port: 7, image: 'sha256:abc' });

    expect(runtime).toMatchObject({ kind: 'process' });
    expect((runtime as { command: string[] }).command.slice(-4)).toEqual([
      '127.0.0.1:7:80',
      'sha256:abc',
      'serve',
      'sha256:abc',
    ]);
    expect([wantsImage(onImage(target)), wantsImage(target)]).toEqual([true, false]);
  });

  test('leaves a drill inconclusive, and says why, where nobody knows one', async ({ target }) => {
    await takeBackup(target);
    const choose = (one: SqliteTarget) => drillActivities(one, 'drill/test').choose(STAMP);
    const path = process.env['PATH'];
    process.env['PATH'] = '/nowhere';

    const ofProcess = await choose(onImage(target));
    const unasked = await choose({ ...onImage(target), runtime: compose });
    process.env['PATH'] = path;

    expect(ofProcess.unbootable).toMatch(/^There is no container of the application/);
    expect(unasked.unbootable).toMatch(/^Nobody could be asked which image to boot: .*docker/i);
  });
});
