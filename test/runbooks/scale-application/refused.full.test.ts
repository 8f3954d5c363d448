import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { test as composed } from '../../activities/runtime/support/compose-world.ts';
import { canRunDocker, composes } from '../../activities/runtime/support/docker-daemon.ts';
import { limitsIn, OVERRIDE, overrideIn } from '../../activities/runtime/support/limited.ts';
import { useCompose, useDockerDaemon } from '../../activities/runtime/support/use-docker.ts';
import { test as asProcess } from '../../support/run.ts';

const RUNBOOK = 'scale-application';
const WANTED = { memory: '1g', cpus: '0.75' };

// Skipped where this is not root, or docker, dockerd or busybox is not on PATH.
describe.skipIf(!canRunDocker)(
  'scale-application, before anything is changed (needs dockerd)',
  () => {
    useDockerDaemon();

    for (const compose of composes)
      // Skipped where this machine has not this Compose.
      describe.skipIf(!compose.file)(`by ${compose.name}`, () => {
        useCompose(compose);

        composed('only looks when it is planned', async ({ world, runs }) => {
          const before = limitsIn(world);

          const { ending } = await runs.run(RUNBOOK, WANTED, { mode: 'plan' });

          expect(ending.outcome).toBe('done');
          expect(ending.ledger[0]?.note).toMatch(
            /^It may use all memory and all cpus\. It uses [\d.]+ MiB\. Its machine has \d+ MiB and \d+ cpus\./,
          );
          expect(limitsIn(world)).toEqual(before);
          expect(overrideIn(world)).toBeUndefined();
        });

        composed.for([
          [
            'less memory than it uses',
            { memory: '8m' },
            /^8\.0 MiB are less than it uses now, [\d.]+ MiB/,
          ],
          [
            'more memory than there is',
            { memory: '90000g' },
            /are more than its machine has, \d+ MiB$/,
          ],
          ['more cpus than there are', { cpus: '999' }, /^999 cpus are more than the \d+ that/],
          [
            'more containers, for its database is SQLite',
            { replicas: '3' },
            /^SQLite does not support multiple writers: .*migrate-to-postgres/,
          ],
        ] as const)(
          'refuses %s, and changes nothing',
          async ([, input, message], { world, runs }) => {
            const before = limitsIn(world);

            const { ending } = await runs.run(RUNBOOK, input);

            expect(ending.failure).toMatchObject({
              type: 'NotApplicable',
              message: expect.stringMatching(message),
            });
            expect(ending.notices).toEqual([]);
            expect(limitsIn(world)).toEqual(before);
            expect(overrideIn(world)).toBeUndefined();
          },
        );

        composed('writes through no link', async ({ world, runs }) => {
          const elsewhere = join(world.directory, 'elsewhere.yml');
          writeFileSync(elsewhere, 'services: { app: {} }\n');
          symlinkSync(elsewhere, join(world.directory, OVERRIDE));

          const { ending } = await runs.run(RUNBOOK, WANTED);

          expect(ending.failure).toMatchObject({
            type: 'NotApplicable',
            message: expect.stringMatching(
              /is no plain file, and nothing is written through a link/,
            ),
          });
          expect(readFileSync(elsewhere, 'utf8')).toBe('services: { app: {} }\n');
          expect(limitsIn(world).memory).toBe(0);
        });
      });
  },
);

describe.concurrent('scale-application of a process', () => {
  asProcess('is not applicable, and says what is', async ({ runs }) => {
    const { ending } = await runs.run(RUNBOOK, WANTED);

    expect(ending.failure).toMatchObject({
      type: 'NotApplicable',
      message: expect.stringMatching(
        / is a process, and has no limits that could be set: run it in a container, or as a unit of systemd$/,
      ),
    });
    expect(ending.notices).toEqual([]);
  });
});
