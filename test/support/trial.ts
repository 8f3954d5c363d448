import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from '../../src/config/schema/target.ts';
import { keepPolicy } from '../../src/state/policies.ts';

/** Reports of runs on PostgreSQL, as a trial leaves them. */
export function writeTrial(world: Target, done: readonly string[] = TRIED): void {
  const { trial, to } = world.migration!;
  const target = { ...world, name: 'trial', state: trial!, database: to };
  mkdirSync(join(trial!, 'runs'), { recursive: true, mode: 0o700 });
  keepPolicy(target);
  for (const runbook of done)
    writeFileSync(
      join(trial!, 'runs', `${runbook}-20260105_020000.json`),
      JSON.stringify({
        run: `${runbook}/trial/20260105_020000`,
        runbook,
        startedAt: new Date().toISOString(),
        endedAt: new Date().toISOString(),
        ending: { outcome: 'done' },
      }),
    );
}

export const TRIED = ['daily-backup', 'restore-drill', 'database-recovery', 'health-check'];
