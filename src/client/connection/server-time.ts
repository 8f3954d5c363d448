import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, Connection } from '@temporalio/client';
import proto from '@temporalio/proto';

/** Nothing is ever put into it. */
const QUEUE = 'clock';
/** In ms: Temporal refuses a poll that is to end sooner than after 2 s. It is given up as soon as it is seen. */
const POLL = 5000;
const LOOKS = 20;
const PAUSE = 100;

/**
 * What the clock of Temporal shows, in ms since 1970, some 100 ms ago: no call answers that, but each poll is noted with it. So this polls for
 * a moment. Undefined: it could not be found out, as where this connection may only read.
 */
export async function serverTime(client: Client): Promise<number | undefined> {
  const { namespace } = client.options;
  const connection = client.connection as Connection;
  const identity = `clock@${crypto.randomUUID()}`;
  const over = new AbortController();
  const polled = connection.withAbortSignal(over.signal, () =>
    connection.withDeadline(Date.now() + POLL, () =>
      connection.workflowService.pollActivityTaskQueue({
        namespace,
        taskQueue: { name: QUEUE },
        identity,
      }),
    ),
  );
  const refused = polled.then(
    () => true,
    () => true,
  );
  try {
    for (let look = 0; look < LOOKS; look += 1) {
      const isOver = await Promise.race([refused, sleep(PAUSE, false)]);
      const { pollers } = await connection.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: QUEUE },
        taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
      });
      const time = pollers?.find((one) => one.identity === identity)?.lastAccessTime;
      if (time) return Number(time.seconds ?? 0) * 1000 + (time.nanos ?? 0) / 1e6;
      if (isOver) return undefined;
    }
    return undefined;
  } catch {
    return undefined;
  } finally {
    over.abort();
  }
}
