import { condition, defineQuery, defineSignal, setHandler } from '@temporalio/workflow';
import type { Hold } from '../../incident/hold.ts';

const holdSignal = defineSignal<[Hold]>('hold');
const liftSignal = defineSignal<[Pick<Hold, 'by'>]>('lift');
const holdsQuery = defineQuery<readonly Hold[]>('holds');

/**
 * Holds the alerts of one target back: `suppression/<target>` is open as long as anybody has asked for it. It is a
 * workflow of its own, so that it ends in time even when the run that began it was terminated.
 */
export async function suppression(): Promise<void> {
  let holds: readonly Hold[] = [];
  let changes = 0;
  setHandler(holdSignal, (hold) => {
    holds = [...holds.filter(({ by }) => by !== hold.by), hold];
    changes += 1;
  });
  setHandler(liftSignal, ({ by }) => {
    holds = holds.filter((hold) => hold.by !== by);
    changes += 1;
  });
  setHandler(holdsQuery, () => holds, { description: 'Who works on the target, and until when' });

  for (;;) {
    holds = holds.filter(({ until }) => Date.parse(until) > Date.now());
    if (holds.length === 0) return;
    const next = Math.min(...holds.map(({ until }) => Date.parse(until)));
    const seen = changes;
    await condition(() => changes !== seen, next - Date.now());
  }
}
