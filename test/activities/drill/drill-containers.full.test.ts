import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { drillActivities } from '../../../src/activities/drill/drill-activities.ts';
import { Stamp } from '../../../src/config/time/stamp.ts';
import { takeBackup } from '../../support/take-backup.ts';
import { targetIn, test as base } from '../../support/target.ts';
import { IMAGE } from '../runtime/support/compose-project.ts';
import {
  canRunDocker,
  containers,
  docker,
  startDockerDaemon,
} from '../runtime/support/docker-daemon.ts';

const STAMP = Stamp.parse('20260105_020000');
/** Its first process hears no TERM; whoever asks for the file `port` gets it. */
const DEAF =
  "trap '' TERM; busybox httpd -p 127.0.0.1:{port} -h /srv/data; while :; do sleep 0.1; done";
const RUN = ['run', '--rm', '--network', 'host', '-v', '{directory}:/srv/data', IMAGE];

// Skipped where this is not root, or docker, dockerd or busybox is not on PATH.
describe.skipIf(!canRunDocker)('a drill in a container (needs root and dockerd)', () => {
  let daemon: Awaited<ReturnType<typeof startDockerDaemon>>;

  beforeAll(async () => {
    daemon = await startDockerDaemon();
    process.env['DOCKER_HOST'] = daemon.host;
  }, 120_000);

  afterAll(async () => {
    delete process.env['DOCKER_HOST'];
    await daemon.stop();
  });

  const test = base.extend<{ drill: (command: string[]) => Promise<Drill> }>({
    drill: async ({ directory, target }, use) => {
      const id = await takeBackup(target);
      await use(async (command) => {
        const world = targetIn(directory, {
          drill: { command, health: 'http://127.0.0.1:{port}/port' },
        });
        const activities = drillActivities(world, 'a run');
        await activities.restore(id, STAMP);
        return activities;
      });
      for (const one of containers()) execFileSync(docker!, ['rm', '-f', one]);
    },
  });

  test('ends one whose first process hears no TERM, before its database goes', async ({
    drill,
    directory,
  }) => {
    const { boot, clean } = await drill([docker!, ...RUN, 'sh', '-c', DEAF]);
    await boot(STAMP);
    const names = namesOfAll();

    const cleaned = await clean(STAMP);

    expect(names).toEqual([`runbook-drill-${targetIn(directory).name}-${STAMP}`]);
    expect(cleaned).toEqual({ changed: true });
    expect(containers()).toEqual([]);
    expect(existsSync(join(directory, '.runbook/drill', STAMP))).toBe(false);
  });

  test('removes what earlier drills left behind, and nobody else', async ({ drill, directory }) => {
    const { boot, clean } = await drill([docker!, ...RUN, 'sh', '-c', DEAF]);
    const earlier = join(directory, '.runbook/drill/20251229_020000');
    await mkdir(earlier, { recursive: true });
    const sleeps = [IMAGE, 'sleep', '300'];
    const detached = ['run', '-d', '--network', 'none'];
    execFileSync(docker!, [...detached, '-v', `${earlier}:/srv/data`, ...sleeps]);
    execFileSync(docker!, [...detached, '--name', 'stranger', '-v', `${directory}:/x`, ...sleeps]);

    await boot(STAMP);
    const during = namesOfAll();
    await clean(STAMP);

    expect(during).toEqual([expect.stringMatching(/^runbook-drill-/), 'stranger']);
    expect(namesOfAll()).toEqual(['stranger']);
  });

  test('keeps the database of one that it cannot find, as long as that listens', async ({
    drill,
    directory,
  }) => {
    const hidden = `${docker} ${RUN.join(' ')} sh -c "${DEAF}"`;
    const { boot, clean } = await drill(['sh', '-c', hidden]);
    await boot(STAMP);

    const cleaning = clean(STAMP);

    await expect(cleaning).rejects.toMatchObject({
      type: 'StopHangs',
      message: expect.stringMatching(/^What the drill has started still listens on port \d+/),
    });
    expect(existsSync(join(directory, '.runbook/drill', STAMP, 'app.db'))).toBe(true);
    for (const one of containers()) execFileSync(docker!, ['rm', '-f', one]);
    expect(await clean(STAMP)).toEqual({ changed: true });
  });
});

type Drill = ReturnType<typeof drillActivities>;

function namesOfAll(): string[] {
  const text = execFileSync(docker!, ['ps', '-a', '--format', '{{.Names}}'], { encoding: 'utf8' });
  return text.split('\n').filter(Boolean).toSorted();
}
