import { chmodSync, globSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { LogFile } from '../../../src/config/schema/logs.ts';
import { Security } from '../../../src/config/schema/security/security.ts';
import type { Target } from '../../../src/config/schema/target.ts';
import type { Ending } from '../../../src/engine/run/ending.ts';
import { onOneWorker } from '../../support/on-one-worker.ts';
import { test } from '../../support/run.ts';

describe('security-monitoring', () => {
  test('counts failed logins by source and window, finds what is open to everybody, and says unknown where no log records logins', async ({
    world,
    runs,
  }) => {
    world.security = Security.parse({ logins: { files: [], journal: false } });

    const { quiet, attacked } = await onOneWorker(runs, async (play) => {
      for (const file of globSync(`${world.database.file}*`)) chmodSync(file, 0o600);
      const quiet = await play('security-monitoring');
      attack(world);
      return { quiet, attacked: await play('security-monitoring') };
    });

    expect(noteOf(quiet, 'logins')).toMatch(/^unknown; security\.logins, No source of logins/);
    expect(noteOf(quiet, 'changes')).toContain('looked at for the first time');
    expect(attacked).toMatchObject({ outcome: 'failed', failure: { type: 'Unhealthy' } });
    expect(attacked.failure?.message).toMatch(
      /security\.logins, 60 failed logins within 10m from 203\.0\.113\.7 .*security-incident/,
    );
    expect(attacked.failure?.message).toMatch(/\.env: Mode 644.*everybody on this host/);
    expect(noteOf(attacked, 'suspicious')).toContain('1 x "attack" in app.log');
    expect(noteOf(attacked, 'changes')).toMatch(/security\.configuration, Changed since .*\.env/);
  });
});

function attack(world: Target): void {
  const now = new Date().toISOString();
  const file = join(world.directory, 'app.log');
  const env = join(world.directory, '.env');
  // The name that was tried looks like an address: it is not whom the login came from.
  const tried = `${now} - app - WARNING - Failed login for "198.51.100.1" from 203.0.113.7\n`;
  writeFileSync(file, `${tried.repeat(60)}${now} - app - WARNING - Attack?\n`);
  world.logs = [LogFile.parse({ file, format: 'python' })];
  writeFileSync(env, 'A=1\n');
  chmodSync(env, 0o644);
}

function noteOf({ ledger }: Ending, id: string): string {
  return ledger.find((line) => line.id === id)?.note ?? '';
}
