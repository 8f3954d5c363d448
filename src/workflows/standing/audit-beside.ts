import { CancellationScope, proxyActivities } from '@temporalio/workflow';
import type { RunActivities } from '../../activities/served-by-worker/runs.ts';
import { targetQueue } from '../../config/queues.ts';
import type { AuditEvent } from '../../state/audit-log.ts';

/** Nobody beside the target takes it for so long: then it stands in the history alone. */
const TIMEOUT = '1d';

/** Brings what people do to a workflow that is no run into the audit of its target, as soon as a worker is there. */
export function openAuditBeside(run: string, target: string) {
  const { 'runs.audit': audit } = proxyActivities<RunActivities>({
    summary: 'Write the audit',
    taskQueue: targetQueue(target),
    startToCloseTimeout: '1m',
    scheduleToCloseTimeout: TIMEOUT,
    retry: { maximumInterval: '5m' },
  });
  let writing = 0;

  return {
    write(event: Omit<AuditEvent, 'run'>): void {
      writing += 1;
      const { at, ...rest } = event;
      void CancellationScope.nonCancellable(() => audit([{ at, run, ...rest }]))
        .catch(() => {})
        .finally(() => (writing -= 1));
    },

    isWriting: () => writing > 0,
  };
}
