import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject } from 'vitest';
import { viewRun } from '../../../src/client/runs/view-run.ts';
import { findOnPath } from '../../../src/dev/server/find-on-path.ts';
import { readEnvFile } from '../../../src/os/env-file/env-file.ts';
import { plainValueOf } from '../../../src/os/env-file/replace-value.ts';
import { dialects, NEW } from '../../os/env-file/dialects.ts';
import { test } from '../../support/run.ts';
import { startLoad } from './load.ts';
import { giveSecret, NAME, OLD, takes } from './with-secret.ts';

const approved = { approve: ['generate'], because: 'it is due' };
const hasRedis = findOnPath('redis-server') !== undefined && findOnPath('redis-cli') !== undefined;

describe.skipIf(!hasRedis)('rotate-secrets (needs redis-server)', () => {
  test(
    'under load, in every dialect of an environment file: nobody is refused, the old one is over, and no other byte changes',
    { timeout: 400_000 },
    async ({ world, runs }) => {
      const env = join(world.directory, '.env');
      const here = (text: string, value: string) =>
        text.replaceAll('KEY', NAME).replaceAll(value, value === 'old' ? OLD : `${OLD}$x`);
      const current = () => plainValueOf(readEnvFile(readFileSync(env)), NAME).value;
      const worker = await runs.serve();
      const seen: Record<string, unknown> = {};
      const values: string[] = [];
      try {
        for (const [what, before, after] of dialects) {
          const value = before.includes("'o$ld'") ? 'o$ld' : 'old';
          const old = value === 'old' ? OLD : `${OLD}$x`;
          giveSecret(world, { value: old, file: Buffer.from(here(before, value), 'latin1') });
          const load = startLoad(world, current);
          const run = await runs.start('rotate-secrets', { secret: NAME }, approved);
          await runs.client.workflow
            .getHandle(run)
            .result()
            .catch(() => {});
          await load.stop();
          const { ending } = await viewRun(runs.client, run);

          const fresh = current();
          values.push(old, fresh);
          const expected = here(after.replaceAll(NEW, '<new>'), value).replaceAll('<new>', fresh);
          seen[what] = {
            outcome: ending?.failure?.message ?? ending?.outcome,
            otherBytes: readFileSync(env, 'latin1') === expected ? 'equal' : 'changed',
            isNew: fresh !== old && takes(world, fresh),
            oldIsTaken: takes(world, old),
            refused: load.refused,
            enough: load.logins > 20,
          };
        }
      } finally {
        await worker.stop();
      }

      const all = dialects.map(([what]) => what);
      expect(seen).toEqual(
        Object.fromEntries(
          all.map((what) => [
            what,
            {
              outcome: 'done',
              otherBytes: 'equal',
              isNew: true,
              oldIsTaken: false,
              refused: 0,
              enough: true,
            },
          ]),
        ),
      );
      const { dataFile } = inject('temporal');
      const history = Buffer.concat(
        [dataFile, `${dataFile}-wal`].map((file) => readFileSync(file)),
      );
      expect(history.includes(NAME)).toBe(true);
      expect(values.filter((value) => history.includes(value))).toEqual([]);
    },
  );
});
