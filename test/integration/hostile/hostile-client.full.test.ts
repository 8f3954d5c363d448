import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { describe, expect, inject, vi } from 'vitest';
import { reportAlert } from '../../../src/client/incidents/report-alert.ts';
import { refusedQuery } from '../../../src/engine/border/border.ts';
import type { Ending } from '../../../src/engine/run/ending.ts';
import type { Incident } from '../../../src/incident/incident.ts';
import { argumentsByType } from '../../../src/worker/arguments/arguments-by-type.ts';
import * as workflows from '../../../src/workflows/all.ts';
import { startMailServer } from '../../notify/channels/support/mail-server.ts';
import { hostile } from '../../support/hostile.ts';
import { rawMessages } from '../../support/raw-messages.ts';
import { test } from '../../support/run.ts';
import { TIMEOUT } from '../../support/timeouts.ts';
import { startWorkerProcess } from '../survive-kill.ts';
import { flood } from './flood.ts';
import { alertOf, practising, standing } from './open-workflows.ts';
import { treesAround } from './trees.ts';

const SEED = Number(process.env['RUNBOOK_SEED'] ?? 14);
/** Messages and calls of activities together. 5000 take a quarter of an hour. */
const COUNT = Number(process.env['RUNBOOK_HOSTILE'] ?? 400);
/** In ms: a busy machine takes 200 ms a message. */
const LENGTH = 300_000 + COUNT * 500;
/** Calls of one workflow: all of them go into one history. */
const CALLS = 20;
/** What a worker may grow by, in MB: it keeps what many workflows have been sent. */
const GROWTH = 600;

describe('whoever reaches Temporal', () => {
  test(
    'wedges nothing, silences nobody, and reaches no file outside of the target, whatever it sends',
    async ({ runs, world, directory }) => {
      const { client, queue } = runs;
      const { name } = world;
      const mail = await startMailServer();
      process.env['HOSTILE_MAIL'] = `smtp://${mail.host}`;
      Object.assign(world, {
        // 5000 messages take longer than people have by default.
        approvals: { ...world.approvals, within: '2h' },
        channels: { mail: { kind: 'smtp', url: 'env:HOSTILE_MAIL', from: 'runbook@example.org' } },
        contacts: { operations: { email: 'ops@example.org', members: ['ops-1'] } },
        escalation: [{ level: 1, to: 'operations', after: '0s' }],
      });
      mkdirSync(join(directory, 'victim/fresh'), { recursive: true });
      writeFileSync(join(directory, 'victim/precious'), 'precious');
      const random = hostile(SEED);
      const codePath = inject('workflowBundle');
      const worker = await startWorkerProcess({
        ...inject('temporal'),
        target: world,
        queue,
        codePath,
      });
      const before = treesAround(directory, world.directory);
      try {
        const refusals = await callActivities(client, name, queue, random, Math.ceil(COUNT / 10));
        const practice = await runs.start('practice', { approve: true });
        await vi.waitFor(
          async () =>
            expect(await client.workflow.getHandle(practice).query('explain')).toMatch(/approval/),
          TIMEOUT,
        );
        const open = [...standing(name), practising(practice)];
        await begin(client, queue, standing(name));
        const memory = memoryOf(worker.pid!);
        const sent = await flood(client, random, {
          count: COUNT - Math.ceil(COUNT / 10),
          types: Object.keys(workflows),
          open,
          envelope: {
            target: name,
            input: { backup: 'latest' },
            by: 'x',
            because: 'y',
            mode: 'plan',
          },
          target: name,
          queue,
        });

        // Everybody answers, and takes what is good.
        const refused = await Promise.all(
          open.map(({ id }) => client.workflow.getHandle(id).query(refusedQuery)),
        );
        const incident = client.workflow.getHandle(open[0]!.id);
        await incident.signal('answer', { what: 'note', by: 'ops-1', text: 'Still here' });
        await vi.waitFor(async () => {
          const { timeline } = await incident.query<Incident>('incident');
          expect(timeline).toContainEqual(
            expect.objectContaining({ by: 'ops-1', text: 'Still here' }),
          );
        }, TIMEOUT);
        await reportAlert(
          client,
          { ...alertOf(name), fingerprint: 'last', title: 'The last' },
          queue,
        );
        await vi.waitFor(
          () => expect(mail.mails.some(({ subject }) => subject?.includes('The last'))).toBe(true),
          TIMEOUT,
        );
        const handle = client.workflow.getHandle(practice);
        await handle.signal('resume', { by: 'ops-1' });
        await handle.executeUpdate('approve', {
          args: [{ step: 'clear', by: 'ops-1', reason: 'it is only practice' }],
        });
        const { outcome } = (await handle.result()) as Ending;
        const wedged = await stumblesOf(client, queue, [
          ...open.map(({ id }) => id),
          ...sent.begun,
        ]);
        const grown = Math.round((memoryOf(worker.pid!) - memory) / 1024);

        process.stderr.write(
          `Hostile client, seed ${SEED}: ${JSON.stringify({ ...sent, begun: sent.begun.length })}, refused by workflows ` +
            `${refused.map(({ count }) => count).join(' ')}, calls refused ${refusals.refused} of ${refusals.calls}, ` +
            `worker ${Math.round(memory / 1024)} MB and ${grown} MB more\n`,
        );
        expect(outcome).toBe('done');
        expect(wedged).toEqual([]);
        expect(refused.filter(({ count }) => count === 0)).toEqual([]);
        expect(refusals.taken).toEqual([]);
        expect(treesAround(directory, world.directory)).toEqual(before);
        expect(grown).toBeLessThan(GROWTH);
        expect(worker.exitCode).toBeNull();
      } finally {
        worker.kill();
        await mail.close();
        delete process.env['HOSTILE_MAIL'];
      }
    },
    LENGTH,
  );
});

/** A workflow that has the target calls activities with anything, and one that is legal at the end. */
async function callActivities(
  client: Client,
  target: string,
  queue: string,
  { json, among }: ReturnType<typeof hostile>,
  count: number,
) {
  const types = Object.keys(argumentsByType);
  const taken: string[] = [];
  let refused = 0;
  for (let done = 0; done < count; done += CALLS) {
    const calls = Array.from({ length: CALLS }, (_, at) => {
      const text = json({ file: '/etc/passwd', id: '20260105_020000' });
      const value: unknown = text.length > 20_000 ? ['x'.repeat(20_000)] : JSON.parse(text);
      return [
        types[(done + at) % types.length]!,
        value,
        among([1, 'x', null, '../../victim']),
        'more',
        'more',
      ];
    });
    const answers: string[] = await client.workflow.execute('calling', {
      workflowId: `calling/${target}/${stampAt(done)}`,
      taskQueue: queue,
      args: [target, [...calls, ['runtime.describe']]],
    });
    expect(answers.at(-1)).toBe('done');
    for (const [at, answer] of answers.slice(0, -1).entries())
      // What only workflows without a target call, a target's worker does not know at all.
      if (answer === 'BadArguments' || answer === 'NotFoundError') refused += 1;
      else taken.push(`${calls[at]![0] as string}: ${answer}`);
  }
  return { calls: refused + taken.length, refused, taken };
}

function stampAt(second: number): string {
  return new Date(Date.UTC(2026, 0, 5) + second * 1000)
    .toISOString()
    .replaceAll(/[-:]/g, '')
    .replace(/T(\d{6}).*/, '_$1');
}

/** Each is begun by a good message. */
async function begin(
  client: Client,
  taskQueue: string,
  all: ReturnType<typeof standing>,
): Promise<void> {
  for (const { type, id: workflowId, signals } of all) {
    const [[signal, legal]] = Object.entries(signals) as [[string, unknown]];
    const signalArgs = [legal];
    await client.workflow.signalWithStart(type, {
      workflowId,
      taskQueue,
      args: [],
      signal,
      signalArgs,
    });
  }
}

/** Those that cannot go on, and what is open that nobody has begun to be. */
async function stumblesOf(
  client: Client,
  queue: string,
  ids: readonly string[],
): Promise<string[]> {
  const raw = rawMessages(client, queue);
  const found: string[] = [];
  for (let at = 0; at < ids.length; at += 20) {
    const some = ids.slice(at, at + 20);
    const all = await Promise.all(some.map((id) => raw.stumbles(id)));
    found.push(...all.flatMap((why, index) => why.map((one) => `${some[index]}: ${one}`)));
  }
  return found;
}

/** In KB. */
function memoryOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);
}
