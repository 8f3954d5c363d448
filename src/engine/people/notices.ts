import { CancellationScope, proxyActivities } from '@temporalio/workflow';
import type { NoticeActivities } from '../../activities/served-by-worker/notices.ts';
import type { RunQuestion } from '../../config/border/run-question.ts';
import type { Severity } from '../../config/schema/values/severity.ts';
import type { IncidentKind } from '../../incident/alert-report.ts';
import type { Notice } from '../../incident/beside/notice.ts';
import { noticePolicy } from '../run/activity-policies.ts';

type Notify = (...sentences: string[]) => Promise<void>;
/** What people may answer by a link. */
type Question = Omit<RunQuestion, 'run'>;
export type Inquire = (question: Question, ...sentences: string[]) => Promise<void>;

interface NoticesContext {
  readonly title: string;
  readonly target: string;
  readonly run: string;
  readonly severity: Severity;
  /** Whom else to ask, of what it is. */
  readonly kind?: IncidentKind | undefined;
  readonly silent: boolean;
}

/** Notifies people, and remembers who was notified what. That nobody could be notified never stops a run. A plan is silent. */
export function openNotices({ title, target, run, severity, kind, silent }: NoticesContext) {
  const notices: Notice[] = [];
  /** Nobody need act. */
  const notify: Notify = (...sentences) => deliverAll(sentences, false);
  /** The same, as loudly as is said. */
  const mention = (loudness: Severity, ...sentences: string[]) =>
    deliverAll(sentences, false, loudness);
  /** Somebody must act, and is paged until somebody does. */
  const ask: Notify = (...sentences) => deliverAll(sentences, true);

  /** The same, and the message has a link by which it is answered. */
  const inquire: Inquire = (question, ...sentences) =>
    deliverAll(sentences, true, severity, { ...question, run });

  async function deliverAll(
    sentences: readonly string[],
    asks: boolean,
    loudness = severity,
    question?: RunQuestion,
  ): Promise<void> {
    if (silent) return;
    const message = [`${title} of ${target}`, ...sentences].join('\n');
    const notice = { severity: loudness, message, at: new Date().toISOString() };
    const { 'notices.notify': deliver } = proxyActivities<NoticeActivities>({
      ...noticePolicy,
      summary: 'Notify people',
    });
    const channels = await CancellationScope.nonCancellable(() =>
      deliver({
        ...notice,
        target,
        run,
        asks,
        ...(kind && { kind }),
        ...(question && { question }),
      }),
    ).catch(() => []);
    notices.push({ ...notice, channels });
  }

  return { notify, mention, ask, inquire, notices };
}
