import type { RestoreRequest } from '../../../../src/activities/files/draft/draft.ts';
import { fileActivities } from '../../../../src/activities/files/files-activities.ts';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';

export const STAMP = '20260105_020000';
const RUN = 'test/run';

type Files = ReturnType<typeof fileActivities>;

export function filesOf(target: SqliteTarget): Files {
  return fileActivities(target, RUN);
}

/** What a run calls, one after the other: each may be killed anywhere, and is then called again. */
const scenarios = {
  restore: [
    async (files: Files) => files.stage(await requestFor(files), STAMP),
    (files: Files) => files.keep(STAMP),
    (files: Files) => files.place(STAMP),
  ],
  undo: [(files: Files) => files.putBack(STAMP), (files: Files) => files.discard(STAMP)],
} as const;
export type Scenario = keyof typeof scenarios;

/** Goes on after as many calls as have ended, and tells when the next one has. */
export async function play(
  target: SqliteTarget,
  scenario: Scenario,
  ended = 0,
  tell: () => void = () => {},
): Promise<unknown[]> {
  const results: unknown[] = [];
  for (const call of scenarios[scenario].slice(ended)) {
    results.push(await call(filesOf(target)));
    tell();
  }
  return results;
}

/** All that the newest backup has. */
export async function requestFor(
  files: Files,
  secrets: RestoreRequest['secrets'] = 'keep',
): Promise<RestoreRequest> {
  const found = await files.find('latest', ['configuration', 'data']);
  return { files: found.files, secrets };
}
