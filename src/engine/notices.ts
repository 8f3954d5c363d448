import { CancellationScope, proxyActivities } from '@temporalio/workflow';
import type { Notice, NoticeActivities } from '../activities/notices.ts';
import type { Severity } from '../config/severity.ts';
import { noticePolicy } from './activity-policies.ts';

/** Tells people, and remembers who was told what. That nobody could be told never stops a run. A plan is silent. */
export function openNotices(
  title: string,
  target: string,
  severity: Severity,
  { silent }: { readonly silent: boolean },
) {
  const told: Notice[] = [];

  async function tell(...sentences: string[]): Promise<void> {
    if (silent) return;
    const message = [`${title} of ${target}`, ...sentences].join('\n');
    const notice = { severity, message, at: new Date().toISOString() };
    const { 'notices.tell': deliver } = proxyActivities<NoticeActivities>({
      ...noticePolicy,
      summary: 'Tell people',
    });
    const channels = await CancellationScope.nonCancellable(() => deliver(notice)).catch(() => []);
    told.push({ ...notice, channels });
  }

  return { tell, told };
}
