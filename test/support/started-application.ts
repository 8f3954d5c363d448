import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { createSystems } from '../../src/activities/index.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { createDemoWorld } from '../../src/dev/demo/demo-target.ts';
import { SAMPLE_TABLE } from '../../src/dev/demo/sample-database.ts';
import { targetIn } from './target.ts';
import { withoutDefaults } from './without-defaults.ts';

/** Starts a sample application in a place of its own below `directory`, and writes its target, as people type it, into `directory`/targets. */
export async function startedApplication(directory: string, name: string): Promise<SqliteTarget> {
  const place = join(directory, name);
  const url = 'http://127.0.0.1:0';
  const template = targetIn(place, {
    name,
    figures: { every: 'off' },
    app: { kind: 'web', url, health: `${url}/_stcore/health`, timeout: '5s' },
    database: { kind: 'sqlite', file: join(place, 'demo.db'), keyTable: SAMPLE_TABLE },
  });
  const { target } = await createDemoWorld(template, join(place, 'app'), { rows: 500 });
  writeFileSync(join(directory, 'targets', `${name}.yaml`), stringify(withoutDefaults(target)));
  const { runtime, http } = createSystems(target, 'test');
  await runtime.start();
  await http.expectReady();
  return target;
}
