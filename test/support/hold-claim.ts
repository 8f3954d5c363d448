import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { openClaim } from '../../src/state/claim.ts';

/** A process that works under the claim of "run" until it is killed. */
process.once('message', (target: SqliteTarget) => {
  void openClaim(target).whileHeld('run', async () => {
    process.send!('working');
    await new Promise((settle) => setTimeout(settle, 60_000));
  });
});
