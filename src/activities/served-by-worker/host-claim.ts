import { getClient } from '@temporalio/activity';
import { isOpenRun } from '../../client/runs/is-open-run.ts';
import { hostClaimActivities } from '../host-claim/host-claim-activities.ts';

/** As Temporal knows whether a run has ended. */
export function hostClaimByTemporal() {
  return hostClaimActivities((run) => isOpenRun(getClient(), run));
}
