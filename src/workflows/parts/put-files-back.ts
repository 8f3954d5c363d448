import type { StepSystems } from '../../activities/index.ts';
import type { Stamp } from '../../config/time/stamp.ts';
import { leave, type Leave } from '../../engine/steps/step.ts';

/** Brings the files back that were live before, and says what stays all the same. The application is stopped. */
export async function putFilesBack(
  files: StepSystems['files'],
  stamp: Stamp,
): Promise<Leave | undefined> {
  const { stayed, first, undone } = await files.putBack(stamp);
  const left = [
    ...(stayed > 0 ? [`What was missing before stays (${stayed}, such as "${first}")`] : []),
    ...(undone ? [`What was written to restored files is in "${undone}"`] : []),
  ];
  return left.length > 0 ? leave(left.join('. ')) : undefined;
}
