import { openHostClaim } from '../../src/state/host/host-claim.ts';

/** A process that works under the claim of that run on the host until it is killed. */
const [, , run = ''] = process.argv;
void openHostClaim().whileHeld(run, async () => {
  process.send!('working');
  await new Promise((settle) => setTimeout(settle, 60_000));
});
