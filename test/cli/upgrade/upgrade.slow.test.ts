import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { prepareNamespace } from '../../../src/client/connection/prepare-namespace.ts';
import { version } from '../../../src/config/version.ts';
import { RUNBOOKS_QUEUE } from '../../../src/config/queues.ts';
import { changed } from '../../support/changed.ts';
import { openPlays } from '../../support/played.ts';
import '../../support/quiet-runtime.ts';
import { targetIn } from '../../support/target.ts';
import { runbook } from '../support/runbook.ts';
import { makeNamespace } from '../support/served.ts';
import { startWorkerCommand, type WorkerCommand } from '../support/worker-command.ts';

const NAME = 'upgraded';
const NAMESPACE = 'cli-upgrade';
const WHY =
  'its history does not fit the version that serves it. Start version 0.0.9 again, with which it goes on; ' +
  'or terminate it in Temporal, and "runbook repair" (docs/upgrade.md)';
const OLD = '0.0.9+0123456789';
const started: WorkerCommand[] = [];
let directory: string;
let client: Client;
let native: NativeConnection;
let env: object;
let plays: ReturnType<typeof openPlays>;
let recovery = '';

/** Three runs of the version before, which swapped the database otherwise. */
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'upgrade-'));
  mkdirSync(join(directory, 'targets'));
  const target = targetIn(directory, {
    name: NAME,
    figures: { every: 'off' },
    contacts: { operations: { members: ['ops-1'] } },
    escalation: [{ level: 1, to: 'operations', after: '0s' }],
    channels: { desk: { kind: 'log', file: join(directory, 'pages.log') } },
    calendar: { hours: '00:00-23:59', weekend: [] },
  });
  writeFileSync(join(directory, 'targets', `${NAME}.yaml`), stringify(target));
  const { address } = inject('temporal');
  const connection = await Connection.connect({ address });
  client = new Client({ connection, namespace: NAMESPACE });
  native = await NativeConnection.connect({ address });
  await makeNamespace(client);
  await prepareNamespace(client);
  env = {
    RUNBOOK_TARGETS: join(directory, 'targets'),
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: NAMESPACE,
  };
  plays = openPlays({ client, native, queue: RUNBOOKS_QUEUE, target: NAME });
  const worker = await serveOld();
  recovery = await plays.start('database-recovery', 0.7);
  await plays.start('daily-backup', 0.4);
  await plays.start('health-check', 0.3);
  await vi.waitFor(() => expect(plays.behind()).toEqual([]), { timeout: 30_000, interval: 100 });
  await worker.stop();
}, 60_000);
afterAll(async () => {
  await plays.close();
  for (const one of started) if (one.process.exitCode === null) await one.end('SIGKILL');
  await native.close();
  await client.connection.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('runbook upgrade check', () => {
  test('names each open run that this version would not carry on, where it differs, and the version that does', async () => {
    await listed();
    const { exitCode, stdout, stderr } = await runbook(['upgrade', 'check'], env);

    expect(stdout.trim().split('\n')).toEqual([
      `Version ${version} does not carry on 1 of 3 open runs`,
      `${recovery}: at "6. Restore from backup" event 61 of its history is ActivityTaskScheduled database.swapAnew, ` +
        "which this version does not bring about (Activity type of scheduled event 'database.swapAnew' does not match " +
        "activity type of activity command 'database.swap'). It goes on with version 0.0.9",
    ]);
    expect(stderr.trim()).toBe(
      'Try: go on with version 0.0.9 until they have ended, or "runbook stop" each while it serves (docs/upgrade.md)',
    );
    expect(exitCode).toBe(1);
  });

  test('answers a program with the same, and can be asked of one target', async () => {
    const { stdout, stderr } = await runbook(['upgrade', 'check', '--json'], env);
    const other = await runbook(['upgrade', 'check', '--target', 'other', '--json'], env);

    expect(JSON.parse(stdout)).toMatchObject({
      build: expect.stringMatching(`^${version}\\+[0-9a-f]{10}$`),
      replayed: 3,
      own: 0,
      misfits: [{ run: recovery, step: '6. Restore from backup', eventId: 61, fits: OLD }],
      lacking: [{ run: recovery, activity: 'database.swapAnew', pending: false, fits: OLD }],
      unread: [],
    });
    expect(stderr).toBe('');
    expect([other.exitCode, JSON.parse(other.stdout)]).toMatchObject([0, { replayed: 0 }]);
  });
});

describe('runbook worker', () => {
  test('serves nothing while this version leaves an open run standing still, and says which', async () => {
    const refused = startWorkerCommand([NAME], env);
    started.push(refused);

    expect(await refused.ended).toBe(2);

    expect(refused.said).toEqual([
      'Replaying 3 open runs, to see that this version carries on what others have begun',
      `Version ${version} does not carry on 1 of 3 open runs`,
      expect.stringMatching(`^${recovery}: at "6. Restore from backup" event 61 `),
      `Error: Version ${version} would leave 1 open run standing still`,
      'Try: go on with version 0.0.9 until they have ended, or "runbook stop" each while it serves (docs/upgrade.md); --force serves all the same',
    ]);
  });
});

describe('a run that stands still', () => {
  test('is told to people once within two minutes, by every command, with the version that carries it on', async () => {
    const forced = startWorkerCommand([NAME, '--force', '--no-schedules'], env);
    started.push(forced);
    await forced.hears(/^Serving upgraded/);
    const begun = performance.now();

    await vi.waitFor(() => expect(pages('trigger')).toHaveLength(1), wait(120_000));

    expect(performance.now() - begun).toBeLessThan(120_000);
    expect(pages('trigger')).toEqual([`1 run of "${NAME}" does not go on`]);
    const said = `"${recovery}" does not go on: ${WHY}`;
    expect(forced.said.filter((line) => line.includes('does not go on'))).toEqual([
      `Warning: ${said}`,
    ]);
    const explained = await runbook(['explain', recovery], env);
    expect(explained.stdout.trim()).toBe(`Does not go on: ${WHY}`);
    const doctor = await runbook(['doctor', NAME], env);
    expect(doctor.stdout).toContain(`missing  Runs of ${NAME}: ${said}`);
    const status = await runbook(['status', NAME, '--ask'], env);
    expect(status.stdout).toMatch(
      /^critical +run +database-recovery\S+ Does not go on: its history/m,
    );
    await forced.end('SIGTERM');
  });

  test('goes on with that version, and people hear from the next worker that it is over', async () => {
    const old = await serveOld();
    plays.letGo();
    // The real worker has refused a call of it meanwhile, whose target it never took: so it may end undone. It ends.
    await client.workflow
      .getHandle(recovery)
      .result()
      .catch(() => {});
    await old.stop();

    const next = startWorkerCommand([NAME, '--no-schedules'], env);
    started.push(next);

    await vi.waitFor(() => expect(pages('resolve')).toHaveLength(1), wait(120_000));
    expect(pages('trigger')).toHaveLength(1);
    await next.end('SIGTERM');
  });
});

/** The version before, whose workflows swap the database by an activity of another name. */
async function serveOld() {
  const code = readFileSync(inject('workflowBundle'), 'utf8');
  return plays.serve({ code: changed(code, 'database.swap', 'database.swapAnew') }, OLD);
}

/** What people were paged of what stands still, by the real channel of the target. */
function pages(event: string): string[] {
  const text = readFileSync(join(directory, 'pages.log'), { encoding: 'utf8', flag: 'a+' });
  const all = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { key: string; event: string; body: string });
  return all
    .filter((page) => page.event === event && page.key.includes('/stuck-runs/'))
    .map(({ body }) => body.split('\n')[0]!.replaceAll('*', ''));
}

async function listed() {
  await vi.waitFor(async () => {
    const { count } = await client.workflow.count("ExecutionStatus = 'Running'");
    expect(count).toBe(3);
  }, wait(10_000));
}

function wait(timeout: number) {
  return { timeout, interval: 100 };
}
