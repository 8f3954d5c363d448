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
  const target = targetIn(directory, { name: NAME, figures: { every: 'off' } });
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
  const code = readFileSync(inject('workflowBundle'), 'utf8');
  const old = changed(code, 'database.swap(', 'database.stage(');
  const worker = await plays.serve({ code: old }, OLD);
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
      `${recovery}: at "6. Restore from backup" event 61 of its history is ActivityTaskScheduled database.stage, ` +
        "which this version does not bring about (Activity type of scheduled event 'database.stage' does not match " +
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
      lacking: [],
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

async function listed() {
  await vi.waitFor(
    async () => {
      const { count } = await client.workflow.count("ExecutionStatus = 'Running'");
      expect(count).toBe(3);
    },
    { timeout: 10_000, interval: 100 },
  );
}
