import { describe, expect, test, vi } from 'vitest';
import { Security } from '../../../src/config/schema/security/security.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { whyNoSystemd } from '../../support/systemd/system-tree.ts';
import { useUnits } from '../../support/systemd/use-units.ts';

interface Found {
  readonly logs: readonly string[];
  readonly total: number;
  readonly worst: readonly string[];
  readonly sources: readonly { readonly source: string; readonly count: number }[];
}

const NOBODY = ['setpriv', '--reuid=65534', '--clear-groups'];

describe.skipIf(whyNoSystemd !== undefined)(
  `failed logins of a real journal (${whyNoSystemd ?? 'systemd'})`,
  () => {
    const units = useUnits();

    test('are believed of root, and not of a user who says that he is sshd', async () => {
      const target = units.world('shop', ['ExecStart=/bin/sleep infinity']);
      target.security = Security.parse({
        logins: { files: [], journal: true, critical: 3, warning: 1 },
      });
      const before = await loginsOf(target);
      for (let port = 1; port <= 3; port += 1) say([], `198.51.100.9 port ${port}`);
      for (let port = 1; port <= 9; port += 1) say(NOBODY, `203.0.113.7 port ${port}`);

      await vi.waitFor(
        async () => expect((await loginsOf(target)).total).toBeGreaterThanOrEqual(3),
        { timeout: 20_000, interval: 500 },
      );

      const found = await loginsOf(target);
      expect(before).toMatchObject({ total: 0 });
      expect(found).toMatchObject({
        logs: ['journal'],
        total: 3,
        worst: ['198.51.100.9'],
        sources: [{ source: '198.51.100.9', count: 3 }],
      });
    });

    function loginsOf(target: SqliteTarget): Promise<Found> {
      return units.systemd.ask<Found>(target, 'security.logins');
    }

    function say(as: readonly string[], from: string): void {
      const message = `Failed password for root from ${from} ssh2`;
      const [file, ...words] = [...as, 'logger', '-t', 'sshd', '-p', 'auth.info', message];
      units.systemd.run(file, ...words);
    }
  },
);
