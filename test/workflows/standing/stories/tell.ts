import type { Target } from '../../../../src/config/schema/target.ts';
import type { Act, Story } from './act.ts';
import { openModel } from './model.ts';
import type { openSandboxes } from './sandbox.ts';
import { MINUTE, openWorld } from './world.ts';

/** In the end all is well again, and there is time to see what becomes of it. */
const END: readonly Act[] = [
  { do: 'mail', up: true },
  { do: 'pager', up: true },
  { do: 'slow', on: false },
  { do: 'worker', up: true },
];
const AFTER_ALL = 80;

/** Plays a story to its end. Answers what was wrong. */
export async function tell(
  sandboxes: Awaited<ReturnType<typeof openSandboxes>>,
  targets: Readonly<Record<Story['manual'], Target>>,
  story: Story,
): Promise<readonly string[]> {
  const world = openWorld(sandboxes, targets[story.manual], story);
  const model = openModel(world, story);
  const acts = [...story.acts, ...END.map((act) => ({ after: 0, act })), { after: AFTER_ALL }];
  try {
    for (const one of acts) {
      for (let minute = 0; minute < one.after; minute += 1) await pass(MINUTE);
      if (!('act' in one)) break;
      // Two things never happen in the same moment.
      await world.sandbox.pass(1000);
      model.happened(one.act, await world.act(one.act));
    }
    model.end();
    return model.wrong;
  } finally {
    await world.sandbox.close();
  }

  async function pass(milliseconds: number): Promise<void> {
    await world.sandbox.pass(milliseconds);
    model.ticked();
  }
}
