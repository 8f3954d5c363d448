import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runbook } from '../../cli/support/runbook.ts';

test('dev says what to type about damaged data and ends, so that whoever supervises it hears', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'hurt-dev-'));
  try {
    const file = join(directory, 'temporal.db');
    writeFileSync(file, 'notes');

    const { exitCode, stderr } = await runbook(['dev', '--data', file], { TEMPORAL_ADDRESS: '' });

    expect(stderr).toMatch(/^Error: Cannot serve the runs in .*\nTry: .*temporal restore --empty/m);
    expect(exitCode).toBe(2);
    expect(readFileSync(file, 'utf8')).toBe('notes');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
