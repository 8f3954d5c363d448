import { chmodSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { LogFile } from '../../../src/config/schema/logs.ts';
import { Secrets } from '../../../src/config/schema/security/secrets.ts';
import { test } from '../../support/run.ts';

const SECRET = 'correct-horse-battery';

describe('security-checklist', () => {
  test('goes through the list with figures, and stores no value of what it found', async ({
    world,
    runs,
  }) => {
    chmodSync(world.database.file, 0o600);
    const log = join(world.directory, 'app.log');
    writeFileSync(log, `one\nsent to ada@example.com\npassword=${SECRET}\n`);
    world.logs = [LogFile.parse({ file: log, format: 'text' })];
    writeFileSync(join(world.directory, '.env'), `AUTH_PASSWORD=${SECRET}\nNAME=x\n`, {
      mode: 0o600,
    });
    world.secrets = Secrets.parse([
      {
        name: 'AUTH_PASSWORD',
        provider: { kind: 'env-file' },
        prove: { kind: 'http', url: 'http://127.0.0.1:1/' },
        maximumAge: '90d',
      },
    ]);
    mkdirSync(join(world.state, 'secrets'), { recursive: true });
    const known = new Date(Date.now() - 100 * 86_400_000).toISOString();
    writeFileSync(
      join(world.state, 'secrets/first-seen.json'),
      JSON.stringify({ AUTH_PASSWORD: known }),
    );
    const lock = join(world.directory, 'uv.lock');
    writeFileSync(lock, 'x');
    utimesSync(lock, 0, Date.now() / 1000 - 40 * 86_400);

    const { ending } = await runs.run('security-checklist');

    const notes = Object.fromEntries(ending.ledger.map(({ id, note = '' }) => [id, note]));
    expect(ending).toMatchObject({ outcome: 'failed', failure: { type: 'Unhealthy' } });
    expect(notes['https']).toMatch(/^critical; checklist\.https/);
    expect(notes['authentication']).toMatch(/^critical; .* It answers 200 to anybody/);
    expect(notes['secrets']).toMatch(/^warning; .* 1 secret in \.env \(AUTH_PASSWORD\)/);
    expect(notes['secrets']).toMatch(
      /secrets\.age AUTH_PASSWORD, Never replaced in the 100 d that it is known/,
    );
    expect(notes['database']).toMatch(/^ok; /);
    expect(notes['logs']).toMatch(
      /1 e-mail, 1 password in .*; e-mail at app\.log:2; password at app\.log:3/,
    );
    expect(notes['dependencies']).toMatch(/^warning; .*Updated 40\.0 days ago, by .*uv\.lock/);
    expect(JSON.stringify(ending)).not.toContain(SECRET);
    expect(JSON.stringify(ending)).not.toContain('ada@');
  });
});
