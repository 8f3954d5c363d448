import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { smoke } from '../../../src/activities/health/application/smoke.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { test } from '../../support/target.ts';
import { sampler } from './support/sampling.ts';

describe('smoke', () => {
  test('reads environment and version of the application that runs, not of its files', async ({
    target,
  }) => {
    const application = spawn('sleep', ['60'], {
      env: { PATH: process.env['PATH'], HUB_ENV: 'production', APP_VERSION: '1.2\u001B[31m' },
    });
    await once(application, 'spawn');
    const compose: SqliteTarget = {
      ...target,
      app: { ...target.app, version: { variable: 'APP_VERSION' } },
      runtime: {
        kind: 'compose',
        service: 'app',
        profiles: [],
        stopGrace: '1s',
        environment: ['HUB_ENV', 'HUB_SECRET'],
      },
    };

    const running = await sampler(compose, { pids: [application.pid!] })(smoke);
    const unseen = await sampler(compose)(smoke);
    application.kill();

    expect(running['smoke.environment']).toMatchObject({
      verdict: 'critical',
      note: 'Not set or empty: HUB_SECRET',
    });
    expect(running['smoke.version']).toMatchObject({ verdict: 'ok', note: 'Version 1.2\uFFFD' });
    expect(unseen['smoke.environment']).toMatchObject({ verdict: 'unknown' });
    expect(unseen['smoke.version']).toMatchObject({ verdict: 'unknown' });
  });

  test('reads a version from a file, and follows no link', async ({ target }) => {
    const [file, link] = [join(target.directory, 'VERSION'), join(target.directory, 'LINK')];
    writeFileSync(file, '4.0.1\nand more\n');
    symlinkSync(file, link);
    const versioned = (place: string): SqliteTarget => ({
      ...target,
      app: { ...target.app, version: { file: place } },
    });

    const plain = await sampler(versioned(file))(smoke);
    const linked = await sampler(versioned(link))(smoke);
    const none = await sampler(target)(smoke);

    expect(plain['smoke.version']).toMatchObject({ verdict: 'ok', note: 'Version 4.0.1' });
    expect(linked['smoke.version']).toMatchObject({ verdict: 'unknown' });
    expect(none['smoke.version']).toMatchObject({ verdict: 'not applicable' });
  });
});
