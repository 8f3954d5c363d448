import { describe } from 'vitest';
import { cleansUpAfter, starters } from './started-by.ts';

describe.concurrent('whoever started it', () => {
  for (const starter of Object.keys(starters) as (keyof typeof starters)[])
    for (const recovery of ['repair', 'database-recovery'] as const)
      cleansUpAfter(starter, recovery);
});
