import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, vi } from 'vitest';
import { runtimeActivities } from '../../src/activities/runtime/runtime-activities.ts';
import { startAtBoot } from '../../src/cli/serve/start-at-boot.ts';
import { bootId } from '../../src/os/process/boot-id.ts';
import { writeStopped } from '../../src/state/stopped.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { test } from '../support/client.ts';

const BEFORE = 'the-start-before';
const NOW = 'this-start';

let said: string[] = [];

beforeEach(() => {
  said = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.push(String(text));
    return true;
  });
});
afterEach(() => void vi.restoreAllMocks());

describe('after a new start of its machine, an application', () => {
  test('that is ours to start is started by one run, and not again', async ({ target, client }) => {
    const ours = served(target);

    await seenTo(client, ours);
    const [line = ''] = said;
    await seenTo(client, ours);

    const [, run] = /^This machine started anew\. Started (\S+)\n$/.exec(line) ?? [];
    expect(said).toEqual([line]);
    expect(run).toMatch(new RegExp(`^start-application/${target.name}/\\d{8}_\\d{6}$`));
    expect(await envelopeOf(client, run!)).toMatchObject({
      target: target.name,
      by: 'worker',
      automatic: true,
      because: expect.stringContaining('"runtime.startAtBoot"'),
    });
    expect(bootIn(target)).toBe(NOW);
  });

  test('that nobody told us to start is left alone, as is one that was never served from here', async ({
    target,
    client,
  }) => {
    await seenTo(client, served(target, { startAtBoot: false }));
    const first = bootIn(target);
    writeFileSync(join(target.state, 'boot.json'), 'no json');
    await seenTo(client, served(target, {}, 'never'));

    expect([first, bootIn(target), said]).toEqual([NOW, NOW, []]);
  });

  test('that we had started before is started though no worker had noted the machine since', async ({
    target,
    client,
  }) => {
    writeFileSync(join(target.state, 'started.json'), JSON.stringify({ boot: BEFORE }));

    await seenTo(client, served(target, {}, 'never'));

    expect(said.join('')).toContain('Started start-application/');
  });

  test('that was stopped on purpose stays down, and that is said', async ({ target, client }) => {
    const record = { by: 'anna', because: 'a move', at: '2026-01-05T02:00:00.000Z', run: 'x' };
    writeStopped(target, record);

    await seenTo(client, served(target));

    expect(said.join('')).toMatch(/"test-\w+" stays down\. Stopped on purpose by anna .* a move/);
    expect(said.join('')).not.toContain('Started');
    expect(bootIn(target)).toBe(NOW);
  });

  test('that runs already is left alone', async ({ target, client }) => {
    const runtime = { ...target.runtime, command: ['sleep', '60'] } as SqliteTarget['runtime'];
    const ours = served({ ...target, runtime });
    const { start, stop } = runtimeActivities(ours);
    await start();
    try {
      await seenTo(client, ours);
    } finally {
      await stop();
    }

    expect(said.join('')).toMatch(/"test-\w+" runs already: pid \d+/);
  });

  test('is not forgotten while Temporal does not answer', async ({ target }) => {
    const connection = Connection.lazy({ address: '127.0.0.1:1' });
    const away = new Client({ connection });
    const watch = startAtBoot(away, [served(target)], { queue: 'nobody', boot: NOW });
    await sleep(500);
    await watch.stop();
    await connection.close();

    expect(bootIn(target)).toBe(BEFORE);
  });

  test('is known by what the kernel says of this start', () => {
    expect(bootId()).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  });
});

/** As a worker does it when it begins to serve. */
async function seenTo(client: Client, target: SqliteTarget): Promise<void> {
  const watch = startAtBoot(client, [target], { queue: 'nobody', boot: NOW });
  await vi.waitFor(() => expect(bootIn(target)).toBe(NOW), 10_000);
  await watch.stop();
}

/** A target that a worker has served in the start before. */
function served(
  target: SqliteTarget,
  { startAtBoot: ours = true } = {},
  before: 'before' | 'never' = 'before',
): SqliteTarget {
  if (before === 'before' && bootIn(target) === undefined)
    writeFileSync(join(target.state, 'boot.json'), JSON.stringify({ boot: BEFORE }));
  return { ...target, runtime: { ...target.runtime, startAtBoot: ours } };
}

function bootIn({ state }: SqliteTarget): string | undefined {
  const file = join(state, 'boot.json');
  if (!existsSync(file)) return undefined;
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { boot?: string }).boot;
  } catch {
    return undefined;
  }
}

async function envelopeOf(client: Client, run: string): Promise<unknown> {
  const { events } = await client.workflow.getHandle(run).fetchHistory();
  const data = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data;
  return JSON.parse(Buffer.from(data!).toString());
}
