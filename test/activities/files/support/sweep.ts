import { cpSync, globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect } from 'vitest';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';
import { everyMoment } from '../../../support/every-moment.ts';
import { BACKED_UP, furnish, furniture, MERGED, SPOILT } from '../../../support/furnished.ts';
import { type Power, withPlace } from '../../../support/power-cut.ts';
import { killedAt } from '../../../support/strace.ts';
import { fill, targetIn } from '../../../support/target.ts';
import { backedUp } from './back-up.ts';
import { play, type Scenario } from './scenario.ts';
import { built } from '../../../support/built.ts';

export interface Sweep {
  /** Kills at system calls of this name, wherever they come from. */
  readonly call?: string;
  /** Default: on. */
  readonly power?: Power;
  /** Takes every so manieth change only. Default 1. */
  readonly stride?: number;
  /** On which file system the state lies. Default: that of the target. */
  readonly stateBelow?: string;
}

const NEW: Record<string, string | undefined> = { ...BACKED_UP, '.env': MERGED };
/** What is missing before stays when it is undone. */
const UNDONE = Object.fromEntries(
  Object.entries(SPOILT).map(([path, content]) => [path, content ?? NEW[path]]),
);

/** Kills a scenario before its first change, then its second, and so on, each in a fresh world. Tells how many there were. */
export async function killEverywhere(scenario: Scenario, sweep: Sweep = {}): Promise<number> {
  const template = mkdtempSync(join(tmpdir(), 'files-'));
  mkdirSync(join(template, 'backups'));
  mkdirSync(join(template, '.runbook'));
  fill(join(template, 'app.db'), 10);
  await backedUp(targetIn(template));
  furnish({ directory: template }, SPOILT);
  try {
    return await everyMoment(sweep.stride ?? 1, (n) => killAt(template, scenario, n, sweep));
  } finally {
    rmSync(template, { recursive: true });
  }
}

async function killAt(template: string, scenario: Scenario, n: number, sweep: Sweep) {
  const state = sweep.stateBelow ? mkdtempSync(join(sweep.stateBelow, 'files-')) : undefined;
  try {
    return await withPlace(sweep.power ?? 'on', async ({ directory, settle, cut }) => {
      cpSync(template, directory, { recursive: true });
      const policy = targetIn(directory, {
        ...(state && { state }),
        backups: {
          directory: join(directory, 'backups'),
          daily: { files: ['.env', 'app.conf'] },
          weekly: { files: ['data'] },
        },
      });
      if (scenario === 'undo') await play(policy, 'restore');
      settle();
      const { killed, ended } = await playKilled(policy, scenario, n, sweep.call);
      cut();
      // A file is the old one or the new one at every moment, and whole.
      for (const [path, content] of Object.entries(furniture(policy)))
        expect([SPOILT[path], NEW[path]], `${path} when killed at ${n}`).toContain(content);
      await play(policy, scenario, ended);
      expect(furniture(policy), `after ${n}`).toEqual(scenario === 'undo' ? UNDONE : NEW);
      const parts = globSync('**/{*,.*}.part*', { cwd: directory });
      expect(parts, `left after ${n}`).toEqual([]);
      const left = globSync('files-*/*', { cwd: policy.state }).toSorted();
      expect(left, `directories after ${n}`).toEqual(
        scenario === 'undo' ? [] : RESTORE_DIRECTORIES,
      );
      return killed;
    });
  } finally {
    if (state) rmSync(state, { recursive: true });
  }
}

const RESTORE_DIRECTORIES = ['old', 'plan.json', 'progress'].map(
  (name) => `files-20260105_020000/${name}`,
);

async function playKilled(target: SqliteTarget, scenario: Scenario, n: number, call?: string) {
  // What comes from another disk counts, too.
  const outside = !target.state.startsWith(target.directory);
  const script = [built('test/activities/files/support/act.ts'), JSON.stringify(target), scenario];
  const { signal, exitCode, stderr, stdout } = call
    ? await execa(...killedAt(call, n, process.execPath, ...script), { reject: false })
    : await execa(
        process.execPath,
        ['--import', here('../../database/support/die-at-call.ts'), ...script],
        {
          env: { DIE_AT: `${n}`, DIE_IN: outside ? '/' : target.directory, DIE_AT_OPEN: '1' },
          reject: false,
        },
      );
  if (signal !== 'SIGKILL' && exitCode !== 0) throw new Error(stderr);
  const ended = stdout.split('\n').filter(Boolean).length;
  return { killed: signal === 'SIGKILL', ended };
}

function here(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
