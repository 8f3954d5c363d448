import { Client, Connection } from '@temporalio/client';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import { keepStatus } from '../../src/cli/serve/status/keep-status.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { readStatusFile, type StatusFile } from '../../src/state/figures/status-file.ts';
import { writeStopped } from '../../src/state/stopped.ts';
import { test } from '../support/target.ts';

const SOON = { timeout: 45_000, interval: 50 };

describe('status.json', () => {
  test('is written soon after somebody stops it, and while Temporal does not answer', async ({
    target,
  }) => {
    const connection = Connection.lazy({ address: '127.0.0.1:1' });
    const kept = keepStatus(new Client({ connection }), [target]);
    await vi.waitFor(() => expect(existsSync(join(target.state, 'status.json'))).toBe(true), SOON);
    const before = statusOf(target);

    writeStopped(target, {
      by: 'ops-1',
      because: 'it moves',
      at: new Date().toISOString(),
      run: 'stop-application/shop/20260105_020000',
    });
    await vi.waitFor(() => expect(subjects(statusOf(target))).toContain('on purpose'), SOON);
    await kept.stop();

    expect(subjects(before)).toContain('temporal');
    expect(subjects(before)).not.toContain('on purpose');
    expect(before.incidents).toBeUndefined();
  });
});

function subjects({ lines }: StatusFile): string[] {
  return lines.map(({ subject }) => subject);
}

function statusOf(target: SqliteTarget): StatusFile {
  const found = readStatusFile(target);
  if ('why' in found) throw new Error(found.why);
  return found;
}
