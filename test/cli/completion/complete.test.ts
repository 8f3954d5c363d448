import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { complete } from '../../../src/cli/local/completion/complete.ts';
import { createProgram } from '../../../src/cli/program.ts';
import { type StatusFile, writeStatusFile } from '../../../src/state/figures/status-file.ts';
import { targetIn } from '../../support/target.ts';

const ENDED = 'daily-backup/shop/20260105_020000';
const OPEN = 'database-recovery/shop/20260106_030000';
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'complete-'));
  const shop = targetIn(directory, { name: 'shop' });
  writeFileSync(join(directory, 'shop.yaml'), stringify(shop));
  // A name that a shell would run, if it expanded it.
  writeFileSync(join(directory, '$(touch pwned).yaml'), 'name: x\n');
  mkdirSync(join(shop.state, 'runs'), { recursive: true });
  writeFileSync(join(shop.state, 'runs/daily-backup-20260105_020000.json'), '{}');
  writeStatusFile(shop, statusWith(`${OPEN} waits: runbook approve ${OPEN}`));
  vi.stubEnv('RUNBOOK_TARGETS', directory);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

async function offered(...words: string[]): Promise<string[]> {
  const program = await createProgram(words.length > 1 ? words : []);
  return complete(program, words).map(({ value }) => value);
}

describe('complete', () => {
  test('offers verbs, and those below a verb', async () => {
    expect(await offered('st')).toEqual(['start', 'status', 'stop']);
    expect(await offered('backups', 'pr')).toEqual(['prune', 'prune-offsite']);
  });

  test('offers runbooks, their own options, and what an option may be', async () => {
    expect(await offered('start', 'database-r')).toEqual(['database-recovery']);
    expect(await offered('start', 'database-recovery', '--ba')).toEqual(['--backup']);
    expect(await offered('report', 'x', '--format', '')).toEqual(['text', 'md', 'html', 'json']);
    expect(await offered('manual', 'daily-backup', 'weekly')).toEqual(['weekly-backup']);
  });

  test('offers the targets there are, and nothing that a shell could take for more', async () => {
    expect(await offered('status', '')).toEqual(['shop']);
    expect(await offered('start', 'daily-backup', '-t', '')).toEqual(['shop']);
    expect(await offered('schedules', 'list', 'shop', '')).toEqual(['shop']);
  });

  test('offers open runs to who acts, those that have ended to who reads, and open incidents', async () => {
    expect(await offered('approve', '')).toEqual([OPEN]);
    expect(await offered('report', 'd')).toEqual([OPEN, ENDED]);
    expect(await offered('incidents', 'ack', '')).toEqual(['incident/shop/20260106_025900']);
  });

  test('offers no hidden option, and nothing for a file', async () => {
    expect(await offered('stop', 'x', '--')).not.toContain('--because');
    expect(await offered('stop', 'x', '--')).toContain('--reason');
    expect(await offered('backups', 'adopt', '')).toEqual([]);
  });
});

function statusWith(text: string): StatusFile {
  const at = '2026-01-06T03:00:00.000Z';
  return {
    version: 1,
    target: 'shop',
    at,
    every: 30_000,
    verdict: 'warning',
    lines: [],
    figures: [],
    incidents: {
      at,
      all: [
        { id: 'incident/shop/20260106_025900', title: 'Down', state: 'triggered', openedAt: at },
      ],
    },
    asked: { at, policy: 'x', lines: [{ subject: 'run', verdict: 'warning', text }] },
  };
}
