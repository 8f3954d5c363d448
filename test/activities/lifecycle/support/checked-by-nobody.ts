import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CheckLine } from '../../../../src/activities/lifecycle/checklist/check-line.ts';
import { lifecycleActivities } from '../../../../src/activities/lifecycle/lifecycle-activities.ts';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';

const NOBODY = 65_534;

/** The startup checklist as a worker goes through it that is not root. */
export function checkedByNobody(target: SqliteTarget): readonly CheckLine[] {
  const { stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.url)], {
    encoding: 'utf8',
    input: JSON.stringify(target),
  });
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout) as readonly CheckLine[];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const target = JSON.parse(await new Response(process.stdin as never).text()) as SqliteTarget;
  // Only now that all is loaded.
  process.setgroups!([]);
  process.setgid!(NOBODY);
  process.setuid!(NOBODY);
  const { lines } = await lifecycleActivities(target).checkStartup();
  process.stdout.write(JSON.stringify(lines));
}
