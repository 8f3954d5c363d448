import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect } from 'vitest';
import { updateActivities } from '../../../src/activities/updates/updates-activities.ts';
import { Updates } from '../../../src/config/schema/upkeep/updates.ts';
import type { Target } from '../../../src/config/schema/target.ts';
import { test } from '../../support/target.ts';
import { canScan, scanners } from './support/scanners.ts';

let bin: string;

// Skipped where python3 or flock is not on PATH.
describe.skipIf(!canScan)('real scanners (needs python3)', () => {
  beforeAll(async () => {
    bin = await scanners();
  }, 600_000);

  test('Bandit finds what is wrong, calls good code clean, and what it cannot parse unknown', async ({
    target,
  }) => {
    const good = await codeScan(target, 'print(1)\n');
    const bad = await codeScan(
      target,
      'import subprocess\nsubprocess.call("ls " + x, shell=True)\n',
    );
    const broken = await codeScan(target, 'def broken(:\n');

    expect(good).toMatchObject({ outcome: 'clean', findings: 0 });
    expect(bad.outcome).toBe('findings');
    expect(bad.shown).toContainEqual(expect.stringMatching(/^src\/a\.py:2 HIGH B602 /));
    expect(broken).toMatchObject({ outcome: 'unknown', note: expect.stringContaining('src/a.py') });
  });

  test('pip-audit tells clean from vulnerable by its source, and a dead or empty source is unknown', async ({
    target,
  }) => {
    const all = await advisories(target, ['feedgen', 'idna']);
    const control = await advisories(target, ['feedgen']);
    const empty = await advisories(target, []);
    const dead = await auditWith(target, 'http://127.0.0.1:1');

    expect(all).toMatchObject({
      outcome: 'findings',
      shown: [expect.stringMatching(/^idna 3\.10 PYSEC-1/)],
    });
    expect(control).toMatchObject({ outcome: 'clean' });
    expect([empty.outcome, dead.outcome]).toEqual(['unknown', 'unknown']);
  });
});

async function codeScan(target: Target, source: string) {
  mkdirSync(join(target.directory, 'src'), { recursive: true });
  writeFileSync(join(target.directory, 'src/a.py'), source);
  target.updates = Updates.parse({ code: { command: [join(bin, 'bandit')], paths: ['src'] } });
  return updateActivities(target, 'run').scanCode();
}

/** A source of ours that knows of these, in the language of OSV. */
async function advisories(target: Target, vulnerable: readonly string[]) {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => (body += String(piece)));
    request.on('end', () => {
      const { package: asked } = JSON.parse(body) as { package: { name: string } };
      const vuln = { id: 'PYSEC-1', summary: 'x', affected: [] };
      response.end(JSON.stringify(vulnerable.includes(asked.name) ? { vulns: [vuln] } : {}));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await auditWith(target, `http://127.0.0.1:${portOf(server)}`);
  } finally {
    server.close();
  }
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function auditWith(target: Target, url: string) {
  writeFileSync(join(target.directory, 'lock.txt'), 'idna==3.10\n');
  const command = [join(bin, 'pip-audit'), '--vulnerability-service', 'osv', '--osv-url', url];
  target.updates = Updates.parse({ advisories: { command, list: { file: 'lock.txt' } } });
  return updateActivities(target, 'run').scanAdvisories();
}
