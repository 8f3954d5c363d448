import type { Page } from '../page.ts';
import { slowPerformance } from '../troubleshooting/slow-performance.ts';

/** What looks and repairs is that runbook, as a part of this one. */
export const performanceDegraded: Page = slowPerformance;
