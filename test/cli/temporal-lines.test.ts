import { Client, Connection } from '@temporalio/client';
import { describe, expect, inject } from 'vitest';
import { reportAlert } from '../../src/client/incidents/report-alert.ts';
import { startRun } from '../../src/client/runs/start-run.ts';
import { syncSchedules } from '../../src/client/schedules/sync-schedules.ts';
import { linesFrom } from '../../src/cli/local/status/temporal-lines.ts';
import { pollOnce } from '../support/gone-worker.ts';
import { test } from '../support/target.ts';

describe('linesFrom', () => {
  test('tells an open incident also where something else cannot be told, and throws when nothing can', async ({
    target,
  }) => {
    const { address, namespace } = inject('temporal');
    const connection = await Connection.connect({ address });
    const client = new Client({ connection, namespace });
    const report = { status: 'firing', severity: 'sev1', title: 'It is down' } as const;
    const at = new Date().toISOString();
    const said = { ...report, fingerprint: 'down', source: 'test', at, target: target.name };
    await reportAlert(client, said, 'nobody');
    // Its runs cannot be read.
    const without = Object.create(client, {
      workflow: {
        value: Object.create(client.workflow, {
          list: {
            value: (options: { query: string }) => {
              if (!options.query.includes("'incident'")) throw new Error('No such attribute');
              return client.workflow.list(options);
            },
          },
        }),
      },
    }) as Client;

    await expect
      .poll(() => linesFrom(without, target), { timeout: 10_000 })
      .toEqual(
        expect.arrayContaining([
          expect.objectContaining({ subject: 'incident', text: expect.stringContaining('/down') }),
          expect.objectContaining({ text: expect.stringContaining('No such attribute') }),
        ]),
      );
    await connection.close();
    await expect(linesFrom(client, target)).rejects.toThrow(/gRPC/);
  });

  test('tells by its history how far a run is whose worker was just killed', async ({ target }) => {
    const { address, namespace } = inject('temporal');
    const connection = await Connection.connect({ address });
    const client = new Client({ connection, namespace });
    await pollOnce(client);
    const run = await startRun(client, {
      runbook: 'health-check',
      target: target.name,
      input: {},
      by: 'me',
    });

    // Within the limit that `runbook status` has for all of it.
    const lines = () => client.withDeadline(Date.now() + 2000, () => linesFrom(client, target));

    await expect.poll(lines, { timeout: 15_000 }).toContainEqual(
      expect.objectContaining({
        subject: 'run',
        text: expect.stringMatching(`^${run}: .*by its history: no worker answered`),
      }),
    );
    await client.workflow.getHandle(run).terminate('a test');
    await connection.close();
  });

  test('asks for each schedule of a target once, whatever is to be told of it', async ({
    target,
  }) => {
    const { address, namespace } = inject('temporal');
    const connection = await Connection.connect({ address });
    const client = new Client({ connection, namespace });
    const schedules = { 'daily-backup': '01:00', 'restore-drill': 'SATURDAY 04:00' } as const;
    const scheduled = { ...target, enabled: true, schedules };
    await syncSchedules(client, [scheduled]);
    const asked: string[] = [];
    const counting = Object.create(client, {
      schedule: {
        value: Object.create(client.schedule, {
          getHandle: {
            value: (id: string) => {
              asked.push(id);
              return client.schedule.getHandle(id);
            },
          },
        }),
      },
    }) as Client;

    const lines = await linesFrom(counting, scheduled);

    const ids = Object.keys(schedules).map((runbook) => `${target.name}/${runbook}`);
    expect(asked.toSorted()).toEqual(ids);
    expect(lines).toContainEqual(
      expect.objectContaining({ subject: 'next', text: expect.stringContaining(ids[0]!) }),
    );
    for (const id of ids) await client.schedule.getHandle(id).delete();
    await connection.close();
  });
});
