import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { runtimeActivities } from '../../../../src/activities/runtime/runtime-activities.ts';
import { APP, giveTo } from '../../../support/application-user.ts';
import { eventually, test as base } from './applications.ts';

/** What the attacker of these tests wants: a file that only root reads, and writes. */
export const test = base.extend<{ treasure: string; ofApp: string }>({
  treasure: async ({}, use) => {
    const place = await mkdtemp(join(tmpdir(), 'treasure-'));
    const file = join(place, 'only-root.txt');
    writeFileSync(file, 'gold\n', { mode: 0o600 });
    await use(file);
    await rm(place, { recursive: true, force: true });
  },
  ofApp: async ({ directory }, use) => {
    await rm(join(directory, '.runbook'), { recursive: true, force: true });
    giveTo(APP, directory);
    await use(directory);
  },
});

export async function linesOf(
  runtime: ReturnType<typeof runtimeActivities>,
  count: number,
): Promise<string[]> {
  return eventually(async () => {
    const { lines } = await runtime.logs(50);
    return lines.length >= count ? lines : undefined;
  });
}
