import type { Page } from '../page.ts';
import { slowLooks } from '../troubleshooting/slow-performance.ts';

export const performanceCheck: Page = { parts: (target) => slowLooks(target) };
