import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { blockedInProxy } from '../../../src/activities/security/block/nginx.ts';
import { unblock } from '../../../src/activities/security/block/blocks.ts';
import { Channel } from '../../../src/config/schema/channels.ts';
import { viewRun } from '../../../src/client/runs/view-run.ts';
import type { Ledger } from '../../../src/engine/run/ledger.ts';
import type { Incident } from '../../../src/incident/incident.ts';
import { holdersOf } from '../../integration/survive-kill.ts';
import { startMailServer } from '../../notify/channels/support/mail-server.ts';
import { waiting } from '../../replay/strikes.ts';
import { hasNginx } from '../../support/nginx.ts';
import { test as base } from '../../support/run.ts';
import { ATTACKER, attack } from './world.ts';

const test = base.extend({
  escalation: [
    { level: 1, to: 'operations', after: '0s' },
    { level: 2, to: 'operations', after: '24h' },
  ],
});

describe.skipIf(!hasNginx)('security-incident', () => {
  test('pages and seals evidence while blocking waits for approval, blocks, and leaves the rest to people as tasks', async ({
    world,
    runs,
  }) => {
    await attack(world);
    world.security.block.escalateAfter = '1s';
    const seen: Record<string, unknown> = {};

    const { ending } = await runs.run(
      'security-incident',
      { type: 'brute force', for: '4h' },
      {
        async meanwhile(run, client) {
          const handle = client.workflow.getHandle(run);
          await waiting(handle, 'block');
          const stateOf = async (id: string) =>
            (await handle.query<Ledger>('ledger')).find((line) => line.id === id)?.state;
          while ((await stateOf('evidence')) !== 'done' || (await stateOf('escalate')) !== 'done')
            await new Promise((settle) => setTimeout(settle, 100));
          seen['states'] = [
            await stateOf('page'),
            await stateOf('evidence'),
            await stateOf('block'),
          ];
          seen['blocked'] = blockedInProxy(world);
          await handle.executeUpdate('approve', { args: [{ step: 'block', by: 'sec-1' }] });
        },
      },
    );

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(seen).toEqual({ states: ['done', 'done', 'waiting'], blocked: [] });
    expect(blockedInProxy(world)).toEqual([ATTACKER]);
    const output = ending.output as {
      incident: string;
      evidence: string;
      blocked: string[];
      until: string;
    };
    expect(output.blocked).toEqual([ATTACKER]);
    expect(Date.parse(output.until) - Date.now()).toBeGreaterThan(3.9 * 3_600_000);
    // Only people resolve it.
    const worker = await runs.serve();
    const incident = await runs.client.workflow
      .getHandle(output.incident)
      .query<Incident>('incident');
    await worker.stop();
    expect(incident).toMatchObject({ state: 'triggered', kind: 'security', severity: 'sev1' });
    expect(incident.tasks.map(({ title, done }) => [title.split('"')[1], done])).toEqual(
      ['Description', 'Cause', 'Who and what is affected', 'Status'].map((one) => [one, false]),
    );
    expect(incident.timeline.map(({ what }) => what)).toContain('escalated');
    expect(await unblock(world, { address: ATTACKER })).toMatchObject({ changed: true });
    expect(blockedInProxy(world)).toEqual([]);
  });

  test('fails when a person rejects that, with evidence and report done, and blocks nobody', async ({
    world,
    runs,
  }) => {
    await attack(world);

    const { ending } = await runs.run(
      'security-incident',
      { addresses: ATTACKER },
      {
        async meanwhile(run, client) {
          const handle = client.workflow.getHandle(run);
          await waiting(handle, 'block');
          await handle.executeUpdate('reject', {
            args: [{ step: 'block', by: 'sec-1', reason: 'it is the auditor' }],
          });
        },
      },
    );

    const states = Object.fromEntries(ending.ledger.map(({ id, state }) => [id, state]));
    expect(ending).toMatchObject({ outcome: 'failed', failure: { type: 'Rejected' }, left: [] });
    expect(states).toMatchObject({ evidence: 'done', report: 'done', assign: 'done' });
    expect(blockedInProxy(world)).toEqual([]);
  });

  test('pages, seals and blocks while another run has the target, and stops no recovery', async ({
    world,
    runs,
  }) => {
    await attack(world);
    world.escalation = [{ level: 1, to: 'operations', after: '0s' }];
    const mails = await startMailServer();
    world.contacts = { operations: { members: ['ops-1'], email: 'ops@example.com' } };
    writeFileSync(join(world.directory, 'mail-url'), `smtp://${mails.host}`);
    world.channels = {
      mail: Channel.parse({ kind: 'smtp', url: 'file:mail-url', from: 'rb@example.com' }),
    };
    const seen: Record<string, unknown> = {};
    const gate = Promise.withResolvers<void>();
    const recovering = Promise.withResolvers<void>();
    const worker = await runs.serve(async (activity, work) => {
      const result = await work();
      if (activity === 'runtime.stop') {
        recovering.resolve();
        await gate.promise;
      }
      return result;
    });
    try {
      const backup = await runs.start('daily-backup');
      await runs.client.workflow.getHandle(backup).result();
      const recovery = await runs.start('database-recovery', { backup: 'latest' });
      await recovering.promise;

      const run = await runs.start(
        'security-incident',
        { addresses: '203.0.113.0/28' },
        { approve: ['block'], because: 'it is going on now' },
      );
      await runs.client.workflow.getHandle(run).result();
      seen['recovery'] = (await runs.client.workflow.getHandle(recovery).describe()).status.name;
      gate.resolve();
      await runs.client.workflow.getHandle(recovery).result();

      const { ending } = await viewRun(runs.client, run);
      expect([ending?.failure?.message, ending?.outcome]).toEqual([undefined, 'done']);
      expect(seen).toEqual({ recovery: 'RUNNING' });
      expect(blockedInProxy(world)).toEqual(['203.0.113.0/28']);
      expect(holdersOf(world)).toEqual([]);
      // The seal that was mailed is the one that lies there.
      const { evidence, seal } = ending!.output as { evidence: string; seal: string };
      const mail = mails.mails.find(({ subject }) => subject?.includes('Seal of the evidence'));
      const head = readFileSync(join(evidence, 'head.json'), 'utf8').trim();
      expect(JSON.parse(head)).toMatchObject({ hash: seal, run });
      const text = (mail?.text ?? '').replaceAll(/\s+/g, '');
      expect(text).toContain(head.replaceAll(/\s+/g, ''));
      expect(text).toContain(
        readFileSync(join(evidence, 'head.json.sig'), 'utf8').replaceAll(/\s+/g, ''),
      );
      expect(mails.mails.map(({ subject }) => subject)).toContainEqual(
        expect.stringMatching(/sev1/i),
      );
    } finally {
      gate.resolve();
      await worker.stop();
      await mails.close();
    }
  });

  test('seals what ssh-keygen alone finds changed: a byte, a line, the end, the whole chain', async ({
    world,
    runs,
  }) => {
    await attack(world);
    writeFileSync(join(world.directory, '.env'), 'PASSWORD=hunter2hunter2\n', { mode: 0o600 });

    const { ending } = await runs.run('security-incident', { block: 'no' });

    const { evidence } = ending.output as { evidence: string };
    const signers = join(world.directory, 'signers');
    cpSync(join(evidence, 'allowed_signers'), signers);
    const copies = ['byte', 'line', 'end', 'chain'].map((how) => {
      const copy = join(world.directory, how);
      cpSync(evidence, copy, { recursive: true });
      return copy;
    }) as [string, string, string, string];
    const log = readdirSync(evidence).find((name) => name.endsWith('access.log'))!;
    edit(copies[0], log, (text) => `X${text.slice(1)}`);
    edit(copies[1], 'manifest.jsonl', (text) => text.split('\n').toSpliced(1, 1).join('\n'));
    edit(copies[2], 'manifest.jsonl', (text) => text.split('\n').slice(0, -2).join('\n'));
    const forged = join(world.directory, 'forged');
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', forged]);
    edit(copies[3], 'manifest.jsonl', (text) => text.replaceAll('access.log', 'another.log'));
    rmSync(join(copies[3], 'manifest.jsonl.sig'));
    spawnSync('ssh-keygen', [
      '-Y',
      'sign',
      '-f',
      forged,
      '-n',
      NAMESPACE,
      join(copies[3], 'manifest.jsonl'),
    ]);

    expect(changedIn(evidence, signers)).toEqual([]);
    expect(copies.map((copy) => changedIn(copy, signers))).toEqual([
      [log],
      ['manifest.jsonl'],
      ['manifest.jsonl'],
      ['manifest.jsonl'],
    ]);
    const manifest = readFileSync(join(evidence, 'manifest.jsonl'), 'utf8').trim().split('\n');
    const line = manifest.map((one) => JSON.parse(one)).find(({ name }) => name === log);
    const { uid, mtime } = statSync(join(world.directory, 'access.log'));
    expect(line).toMatchObject({ uid, mtime: mtime.toISOString() });
    expect(readFileSync(join(evidence, 'manifest.jsonl'), 'utf8')).toContain('/.env');
    for (const name of readdirSync(evidence))
      expect(readFileSync(join(evidence, name), 'utf8')).not.toContain('hunter2hunter2');
  });
});

const NAMESPACE = 'evidence@durable-runbooks';

/** Files whose signature is not of this key. */
function changedIn(directory: string, signers: string): string[] {
  const names = readdirSync(directory).filter((name) => name.endsWith('.sig'));
  expect(names.length).toBeGreaterThan(5);
  return names
    .filter((name) => {
      const file = join(directory, name);
      const { status } = spawnSync(
        'ssh-keygen',
        ['-Y', 'verify', '-f', signers, '-I', 'durable-runbooks', '-n', NAMESPACE, '-s', file],
        { input: readFileSync(file.replace(/\.sig$/, '')) },
      );
      return status !== 0;
    })
    .map((name) => name.replace(/\.sig$/, ''));
}

function edit(directory: string, name: string, change: (text: string) => string): void {
  const file = join(directory, name);
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}
