import { databaseFiles } from '../../config/load/database-text.ts';
import { existsSync } from 'node:fs';
import type { OnePlace } from '../../activities/database/driver.ts';
import type { Target } from '../../config/schema/target.ts';

/** Whether all who use a target's database keep its log beside it. `reason`: why not, and what to do. For the target's own host. */
export async function databasePlace(
  target: Target,
): Promise<OnePlace & { readonly reason?: string }> {
  if (!databaseFiles(target.database).some((file) => existsSync(file))) return {};
  // It loads SQLite, and most files are checked elsewhere.
  const { databaseDriver } = await import('../../activities/database/driver-for.ts');
  try {
    return await databaseDriver(target).expectOnePlace();
  } catch (error) {
    return { reason: (error as Error).message };
  }
}
