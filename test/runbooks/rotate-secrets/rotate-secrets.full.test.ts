import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject } from 'vitest';
import { findOnPath } from '../../../src/dev/server/find-on-path.ts';
import { test } from '../../support/run.ts';
import { startLoad } from './load.ts';
import { giveSecret, isReplaced, NAME, OLD, secretIn, takes } from './with-secret.ts';

const approved = { approve: ['generate'], because: 'it is due' };
const hasRedis = findOnPath('redis-server') !== undefined && findOnPath('redis-cli') !== undefined;

describe.skipIf(!hasRedis)('rotate-secrets (needs redis-server)', () => {
  test('replaces a secret, refuses nobody meanwhile, and leaves neither value anywhere', async ({
    world,
    runs,
  }) => {
    giveSecret(world);
    const load = startLoad(world);

    const { ending } = await runs.run('rotate-secrets', { secret: NAME }, approved);
    await load.stop();

    expect(ending).toMatchObject({ outcome: 'done', left: [] });
    expect(ending.output).toMatchObject({ secret: NAME, overlapped: true });
    expect(ending.notices.map(({ message }) => message).join()).toContain(`has replaced ${NAME}`);
    expect(isReplaced(world)).toBe(true);
    expect(takes(world, OLD)).toBe(false);
    expect(load.logins).toBeGreaterThan(20);
    expect(load.refused).toBe(0);
    const fresh = secretIn(world);
    expect(fresh).toMatch(/^[\w-]{43}$/);
    const { dataFile } = inject('temporal');
    expect(fileHas(dataFile, [NAME])).toBe(true);
    expect(fileHas(dataFile, [fresh, OLD])).toBe(false);
    expect(treeHas(world.state, [fresh, OLD])).toBe(false);
  });

  test('brings the old one back when the application does not work on the new one', async ({
    world,
    runs,
    systems,
  }) => {
    giveSecret(world);
    const before = readFileSync(join(world.directory, '.env'));

    const { ending } = await runs.run(
      'rotate-secrets',
      { secret: NAME },
      {
        ...approved,
        around: async (activity, work) => {
          if (activity !== 'app.prove') return work();
          const { permanent } = await import('../../../src/os/failure.ts');
          throw permanent('NotFunctional', 'It shows no data');
        },
      },
    );

    expect(ending).toMatchObject({
      outcome: 'undone',
      left: [],
      failure: { type: 'NotFunctional' },
    });
    expect(isReplaced(world)).toBe(false);
    expect(readFileSync(join(world.directory, '.env')).equals(before)).toBe(true);
    expect(await systems.http.isReady()).toBe(true);
  });

  test('changes nothing before somebody has approved it', async ({ world, runs }) => {
    giveSecret(world);

    const { ending } = await runs.run(
      'rotate-secrets',
      { secret: NAME },
      {
        meanwhile: async (run, client) => {
          const handle = client.workflow.getHandle(run);
          for (;;) {
            const ledger = await handle.query<{ id: string; state: string }[]>('ledger');
            if (ledger.find(({ id }) => id === 'generate')?.state === 'waiting') break;
            await new Promise((resolve) => setTimeout(resolve, 100));
          }
          expect(readdirSync(world.state)).not.toContain('secrets');
          await handle.executeUpdate('reject', {
            args: [{ step: 'generate', by: 'ops-2', reason: 'not on a Friday' }],
          });
        },
      },
    );

    expect(ending).toMatchObject({ outcome: 'failed', failure: { type: 'Rejected' } });
    expect(isReplaced(world)).toBe(false);
  });

  test('says which secrets there are, when it is asked for another one', async ({
    world,
    runs,
  }) => {
    giveSecret(world);

    const { ending } = await runs.run('rotate-secrets', { secret: 'OTHER' }, approved);

    expect(ending.failure).toMatchObject({
      type: 'InvalidInput',
      message: expect.stringContaining(`it names ${NAME}`),
    });
  });
});

/** Raw, with the write-ahead log beside it: Temporal keeps payloads as they come. */
function fileHas(file: string, values: readonly string[]): boolean {
  return [file, `${file}-wal`].some((one) => {
    const bytes = statSync(one, { throwIfNoEntry: false }) ? readFileSync(one) : Buffer.alloc(0);
    return values.some(
      (value) =>
        bytes.includes(value) || bytes.includes(Buffer.from(value).toString('base64').slice(2, -4)),
    );
  });
}

function treeHas(directory: string, values: readonly string[]): boolean {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile())
    .some((file) => values.some((value) => readFileSync(file).includes(value)));
}
