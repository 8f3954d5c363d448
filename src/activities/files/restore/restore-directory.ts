import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import { writeDurably } from '../../../os/files/durable-files.ts';
import type { Item } from '../draft/draft.ts';

/** One thing to bring, as it will lie there. */
export interface Planned extends Pick<Item, 'archive' | 'state' | 'entry' | 'env' | 'mergedWith'> {
  /** Of what is brought: for an environment file not that of the backup. */
  readonly sha256?: string;
}

/** How far a run has come. A retry goes on from there. */
type Progress = 'staged' | 'kept' | 'placing' | 'placed' | 'back';

/** All that a run that restores files makes beside the target, in `<state>/files-<stamp>`. */
export function openRestoreDirectory(
  { state, name }: Pick<Target, 'state' | 'name'>,
  stamp: Stamp,
) {
  const directory = join(state, `files-${stamp}`);
  const plan = join(directory, 'plan.json');
  const progress = join(directory, 'progress');
  return {
    directory,
    /** Proven, and not yet in their place. */
    fresh: join(directory, 'new'),
    /** As they were before. */
    old: join(directory, 'old'),
    /** What somebody wrote to restored files before they were put back. */
    undone: join(directory, 'undone'),

    progress: (): Progress | undefined =>
      existsSync(progress) ? (readFileSync(progress, 'utf8') as Progress) : undefined,
    hasCome: (to: Progress): void => writeDurably(progress, to),

    write(items: readonly Planned[]): void {
      writeDurably(plan, `${JSON.stringify(items, undefined, 2)}\n`);
      writeDurably(progress, 'staged');
    },
    /** Error: `StagedMissing`. */
    items(): Planned[] {
      if (existsSync(plan)) return JSON.parse(readFileSync(plan, 'utf8')) as Planned[];
      throw permanent('StagedMissing', `Cannot restore files of "${name}": "${plan}" is gone`);
    },
  };
}

export type RestoreDirectory = ReturnType<typeof openRestoreDirectory>;
