import type { Page } from '../page.ts';
import { emptied, restartedLast, slowLooks } from './slow-performance.ts';

export const highMemory: Page = {
  parts: (target) => [
    ...slowLooks(target),
    {
      say: 'See whether the kernel has ended something for want of memory',
      type: [
        'grep oom_kill /proc/vmstat',
        'dmesg 2>/dev/null | grep -i "out of memory" | tail -n 5 || true',
      ],
    },
    ...emptied(target),
    ...restartedLast(target),
    {
      say: 'A cache that fills is no leak: compare memory before and after a restart, and note both',
    },
  ],
};
