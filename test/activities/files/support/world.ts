import type { SqliteTarget } from '../../../../src/config/schema/target.ts';
import { test as targetTest } from '../../../support/target.ts';
import { backedUp } from './back-up.ts';

/** A target with configuration and data, and a backup of them. */
export const test = targetTest.extend<{ full: SqliteTarget }>({
  full: async ({ target }, use) => use(await backedUp(target)),
});
