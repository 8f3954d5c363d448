import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, vi } from 'vitest';
import { viewRun } from '../../../src/client/runs/view-run.ts';
import { Updates } from '../../../src/config/schema/upkeep/updates.ts';
import {
  type DebianHost,
  makeDebianHost,
  whyNoDebian,
} from '../../activities/updates/support/debian-host.ts';
import { startWorkerProcess } from '../../integration/survive-kill.ts';
import { useHostDirectory } from '../../support/host-directory.ts';
import { answer, waiting } from '../../support/people.ts';
import { type Runs, test as base } from '../../support/run.ts';
import { TIMEOUT } from '../../support/timeouts.ts';

const RUNBOOK = 'security-updates';

const test = base.extend<{ host: DebianHost }>({
  host: async ({ directory, world }, use) => {
    const host = await makeDebianHost();
    useHostDirectory(join(directory, 'host'));
    for (const name of ['demo-one', 'demo-two']) host.install(name, '1.0', { cached: true });
    world.updates = Updates.parse({ packages: 'security', root: host.root });
    await use(host);
    host.remove();
  },
});

type Meanwhile = NonNullable<NonNullable<Parameters<Runs['run']>[2]>['meanwhile']>;

/** Answers what it asks for. */
const approving =
  (step = 'packages', word: 'approve' | 'reject' = 'approve'): Meanwhile =>
  async (run, client) => {
    const handle = await waiting(client, run, step);
    await answer(handle, word, { step, by: 'ops-2', reason: 'not today' });
  };

// Skipped where this is not root on Linux, or debootstrap is not there.
describe.skipIf(whyNoDebian !== undefined)(`security-updates (${whyNoDebian ?? 'Debian'})`, () => {
  test('installs the very versions that were approved, and keeps each changed configuration', async ({
    host,
    runs,
  }) => {
    const configuration = join(host.root, 'etc/demo-one/demo-one.conf');
    writeFileSync(configuration, 'changed by hand\n');
    for (const name of ['demo-one', 'demo-two']) host.publish(name, '1.1');

    const { ending } = await runs.run(RUNBOOK, {}, { meanwhile: approving() });

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(host.versions()).toMatchObject({ 'demo-one': '1.1', 'demo-two': '1.1' });
    expect(readFileSync(configuration, 'utf8')).toBe('changed by hand\n');
    expect(host.audit()).toBe('');
    expect(host.history()).toEqual([
      expect.stringMatching(/Upgrade: demo-.*\(1\.0, 1\.1\), demo-.*\(1\.0, 1\.1\)/),
    ]);
  });

  test('brings every version back when one cannot be configured, and the configuration byte for byte', async ({
    host,
    runs,
    systems,
  }) => {
    const configuration = join(host.root, 'etc/demo-two/demo-two.conf');
    writeFileSync(configuration, 'changed by hand\n');
    const before = host.versions();
    host.publish('demo-one', '1.1', { postinst: 'exit 3' });
    host.publish('demo-two', '1.1');

    const { ending } = await runs.run(RUNBOOK, {}, { meanwhile: approving() });

    expect(ending).toMatchObject({ outcome: 'undone', left: [] });
    expect(ending.failure?.message).toContain('demo-one');
    expect(host.versions()).toEqual(before);
    expect(host.audit()).toBe('');
    expect(readFileSync(configuration, 'utf8')).toBe('changed by hand\n');
    expect(await systems.http.isReady()).toBe(true);
  });

  test('goes on waiting for the same installation when its worker is killed in the middle of it', async ({
    host,
    runs,
    world,
  }) => {
    host.publish('demo-one', '1.1', { postinst: 'touch /srv/begun; sleep 8' });
    const codePath = inject('workflowBundle');
    const config = { ...inject('temporal'), target: world, queue: runs.queue, codePath };
    const first = await startWorkerProcess(config);
    const run = await runs.start(RUNBOOK);
    await approving()(run, runs.client);
    await vi.waitFor(() => expect(existsSync(join(host.root, 'srv/begun'))).toBe(true), TIMEOUT);

    first.kill('SIGKILL');
    const second = await startWorkerProcess(config);
    await runs.client.workflow.getHandle(run).result();
    second.kill();

    const { ending } = await viewRun(runs.client, run);
    expect([ending?.failure?.message, ending?.outcome]).toEqual([undefined, 'done']);
    expect(host.versions()['demo-one']).toBe('1.1');
    expect(host.history()).toEqual([expect.stringContaining('Upgrade: demo-one:')]);
    expect(host.audit()).toBe('');
  });

  test('first ends what somebody else has left half configured', async ({ host, runs }) => {
    host.publish('demo-one', '1.1');
    host.interrupt('demo-two', '1.05');

    const { ending } = await runs.run(RUNBOOK, {}, { meanwhile: approving() });

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(ending.ledger.find(({ id }) => id === 'mend')?.note).toMatch(/^Ended what was half/);
    expect(host.versions()).toMatchObject({ 'demo-one': '1.1', 'demo-two': '1.05' });
    expect(host.audit()).toBe('');
  });

  test('ends that, too, when nothing has an update', async ({ host, runs }) => {
    host.publish('not-installed', '1.0');
    host.interrupt('demo-two', '1.05');

    const { ending } = await runs.run(RUNBOOK);

    const states = Object.fromEntries(ending.ledger.map(({ id, state }) => [id, state]));
    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(states).toMatchObject({ mend: 'done', keep: 'omitted', release: 'done' });
    expect(host.audit()).toBe('');
  });

  test('does not know what is to be updated while a source is dead, and says so', async ({
    host,
    runs,
  }) => {
    host.publish('demo-one', '1.1');
    writeFileSync(host.sources, 'deb [trusted=yes] http://127.0.0.1:1/debian bookworm main\n');

    const { ending } = await runs.run(RUNBOOK);

    expect(ending.outcome).toBe('partly');
    expect(ending.output).not.toHaveProperty('packages');
    expect(ending.output).toMatchObject({
      notDone: [expect.stringContaining('127.0.0.1:1')],
    });
    expect(host.versions()['demo-one']).toBe('1.0');
  });

  test('changes nothing of what has no way back, unless people accept that', async ({
    host,
    runs,
  }) => {
    host.install('demo-three', '1.0', { cached: false });
    host.publish('demo-three', '1.1');

    const refused = await runs.run(RUNBOOK);
    const accepted = await runs.run(RUNBOOK, { lacking: 'accept' }, { meanwhile: approving() });

    expect(refused.ending.outcome).toBe('undone');
    expect(refused.ending.failure?.message).toMatch(
      /no way back for 1 package, such as "demo-three 1.0"/,
    );
    expect(accepted.ending.outcome).toBe('done');
    expect(host.versions()['demo-three']).toBe('1.1');
  });

  test('leaves the host alone when its people refuse, and does the rest', async ({
    host,
    runs,
  }) => {
    host.publish('demo-one', '1.1');

    const { ending } = await runs.run(RUNBOOK, {}, { meanwhile: approving('packages', 'reject') });

    expect(ending.outcome).toBe('done');
    expect(host.versions()['demo-one']).toBe('1.0');
    expect(ending.ledger.find(({ id }) => id === 'left')?.state).toBe('done');
  });

  test('asks by itself for what Docker is of', async ({ host, runs }) => {
    host.install('docker.io', '1.0', { cached: true });
    host.publish('docker.io', '1.1');
    host.publish('demo-one', '1.1');

    const { ending } = await runs.run(
      RUNBOOK,
      {},
      {
        async meanwhile(run, client) {
          await approving('packages')(run, client);
          await approving('core', 'reject')(run, client);
        },
      },
    );

    expect(ending.outcome).toBe('done');
    expect(host.versions()).toMatchObject({ 'demo-one': '1.1', 'docker.io': '1.0' });
  });
});
