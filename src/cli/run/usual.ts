import type { Client } from '@temporalio/client';
import { usualDurations } from '../../client/runs/usual-durations.ts';
import { targetNameIn } from '../../config/run-id.ts';
import type { RunView } from '../../client/runs/view-run.ts';

type Durations = ReadonlyMap<string, number>;

/** What the steps of the run that is followed took before, in ms, by their id: as soon as it is known, and nobody waits for it. */
export function openUsual(client: Client): (view: RunView) => Durations | undefined {
  let known: Durations | undefined;
  let asked = false;

  return ({ run, runbook, status }) => {
    const target = targetNameIn(run);
    if (!asked && status === 'RUNNING' && target !== undefined) {
      asked = true;
      usualDurations(client, runbook, target).then(
        (durations) => (known = durations),
        () => {},
      );
    }
    return known;
  };
}
