import { proxyActivities } from '@temporalio/workflow';

const { touch } = proxyActivities<{ touch(): Promise<void> }>({ startToCloseTimeout: '1m' });

/** `steps` durable steps, one after the other: each is one activity. */
export async function steps({ steps: count }: { steps: number }): Promise<void> {
  for (let step = 0; step < count; step += 1) await touch();
}
