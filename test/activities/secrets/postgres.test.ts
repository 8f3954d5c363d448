import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { secretActivities } from '../../../src/activities/secrets/secrets-activities.ts';
import { Target } from '../../../src/config/schema/target.ts';
import { test } from '../../support/target.ts';
import { hasPostgres, ROLE, startPostgres } from './support/postgres-with-role.ts';

const STAMP = '20261201_030000';
const OLD = 'old-secret-of-the-role';
const NAME = 'DB_PASSWORD';

describe.skipIf(!hasPostgres)('a secret that PostgreSQL takes (needs postgresql)', () => {
  test('replaces the old one at once, comes back, and its server never hears it in clear', async ({
    target,
  }) => {
    const postgres = await startPostgres(OLD);
    try {
      writeFileSync(join(target.directory, '.env'), `${NAME}=${OLD}\n`);
      const secret = {
        name: NAME,
        provider: { kind: 'env-file' },
        prove: { kind: 'postgres', url: postgres.url, user: ROLE },
      };
      const secrets = secretActivities(Target.parse({ ...target, secrets: [secret] }));

      expect(await secrets.find(NAME)).toMatchObject({ overlaps: false });
      await secrets.generate(STAMP, NAME);
      await secrets.admit(STAMP);
      await expect(secrets.expectAccepted(STAMP)).rejects.toMatchObject({ type: 'SecretUnproven' });
      await secrets.write(STAMP);
      await secrets.expectAccepted(STAMP);
      await secrets.expectRefused(STAMP);
      const kept = JSON.parse(
        readFileSync(join(target.state, 'secrets', `${STAMP}.json`), 'utf8'),
      ) as { new: string };
      await secrets.putBack(STAMP);
      await secrets.forget(STAMP);

      expect(await secrets.find(NAME)).toMatchObject({ overlaps: false });
      const log = readFileSync(postgres.log, 'utf8');
      expect(log).toMatch(/alter role "shop ""of"" the test" password 'SCRAM-SHA-256\$/);
      expect(log).not.toContain(kept.new);
      expect(log.split(OLD)).toHaveLength(2); // how the test itself made the role
    } finally {
      await postgres.stop();
    }
  });
});
