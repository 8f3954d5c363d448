import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import { keepStatus } from '../../src/cli/serve/status/keep-status.ts';
import { reportAlert } from '../../src/client/incidents/report-alert.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { openFigures } from '../../src/state/figures/open-figures.ts';
import { readStatusFile, type StatusFile } from '../../src/state/figures/status-file.ts';
import { test } from '../support/client.ts';
import { pollOnce } from '../support/gone-worker.ts';

const SOON = { timeout: 15_000, interval: 50 };

describe('status.json', () => {
  test('is written after a sample, for its owner, with figures and incidents and without a password', async ({
    target,
    client,
  }) => {
    await pollOnce(client);
    const at = new Date().toISOString();
    record(target, at, 'Cannot reach redis://me:s3cret@cache:6379');
    const kept = keepStatus(client, [target]);
    await reportAlert(client, {
      target: target.name,
      fingerprint: 'full-disk',
      status: 'firing',
      severity: 'sev2',
      title: 'A disk is nearly full',
      details: 'disk.used /srv: 97 % used',
      source: 'figures',
      at,
    });

    // Nobody answers for an incident here, though somebody is listed: it is told from its history.
    const status = await vi.waitFor(() => {
      kept.sampled(target);
      const found = statusOf(target);
      expect(found.incidents?.all).toMatchObject([
        { id: `incident/${target.name}/full-disk`, reason: 'disk.used /srv: 97 % used' },
      ]);
      return found;
    }, SOON);
    await kept.stop();

    expect(status).toMatchObject({ target: target.name, every: 60_000 });
    expect(status.lines).toContainEqual(
      expect.objectContaining({ subject: 'redis.ping', verdict: 'critical' }),
    );
    expect(status.figures).toContainEqual(
      expect.objectContaining({ name: 'app.health', value: 0.012 }),
    );
    const file = join(target.state, 'status.json');
    expect(readFileSync(file, 'utf8')).not.toMatch(/s3cret|"source"/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('is left alone once another place serves the target', async ({ target, client }) => {
    const kept = keepStatus(client, [target]);
    kept.forget(target.name);

    kept.sampled(target);
    await kept.stop();

    expect(existsSync(join(target.state, 'status.json'))).toBe(false);
  });
});

function statusOf(target: SqliteTarget): StatusFile {
  const found = readStatusFile(target);
  if ('why' in found) throw new Error(found.why);
  return found;
}

function record(target: SqliteTarget, at: string, note: string): void {
  const store = openFigures(target.state);
  const facts = { source: 'GET http://app:s3cret@127.0.0.1/', at };
  store.record(
    [
      { ...facts, name: 'app.health', value: 0.012, unit: 'seconds', verdict: 'ok', note: '200' },
      { ...facts, name: 'redis.ping', unit: 'seconds', verdict: 'critical', note },
    ],
    at,
  );
  store.close();
}
