/**
 * Replays histories by the workflows of one bundle, in a process of its own: the replay's log, its half a gigabyte and its state of the SDK
 * end with it. The bundle comes first, then one history at a time; each is answered.
 */
import { on } from 'node:events';
import proto from '@temporalio/proto';
import { DefaultLogger, Runtime, Worker, type WorkflowBundleOption } from '@temporalio/worker';

export interface SentHistory {
  readonly run: string;
  /** As Temporal encodes a history. */
  readonly history: Uint8Array;
}

export interface Replayed {
  readonly run: string;
  /** Why it does not fit. Missing: it does. */
  readonly message?: string;
  /** Why nothing can be replayed: the process ends. */
  readonly broken?: string;
}

Runtime.install({
  logger: new DefaultLogger('ERROR', () => {}),
  telemetryOptions: { logging: { filter: 'OFF', forward: {} } },
  shutdownSignals: [],
});
// Whoever asked is gone.
process.once('disconnect', () => process.exit());

const messages = on(process, 'message');
const first = (await messages.next()).value as [WorkflowBundleOption];
try {
  const replayed = Worker.runReplayHistories(
    { workflowBundle: first[0], replayName: 'upgrade' },
    histories(),
  );
  for await (const { workflowId, error } of replayed)
    answer({ run: workflowId, ...(error && { message: error.message }) });
} catch (error) {
  answer({ run: '', broken: (error as Error).message });
}

async function* histories() {
  for await (const [sent] of messages) {
    const { run, history } = sent as SentHistory;
    yield { workflowId: run, history: proto.temporal.api.history.v1.History.decode(history) };
  }
}

function answer(one: Replayed): void {
  process.send!(one);
}
