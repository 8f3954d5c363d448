import { existsSync } from 'node:fs';
import type { Target } from '../../../config/schema/target.ts';

/** What is wrong with the files of `database.extensions`, on the target's own host. */
export async function extensionFaults({ directory, database }: Target): Promise<string[]> {
  if (database.kind !== 'sqlite' || database.extensions.length === 0 || !existsSync(directory))
    return [];
  const { extensionFault } =
    await import('../../../activities/database/sqlite/extensions/load-extensions.ts');
  return database.extensions.flatMap(({ file }, index) => {
    const fault = extensionFault(file);
    return fault === undefined ? [] : [`"database.extensions.${index}.file": ${fault}`];
  });
}
