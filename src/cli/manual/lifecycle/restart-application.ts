import type { Page } from '../page.ts';
import { named, unopened } from '../parts/database.ts';
import { letThrough, refused } from '../parts/proxy.ts';
import { started, stopped } from '../parts/runtime.ts';
import { answers } from '../parts/service.ts';

export const restartApplication: Page = {
  parts: (target) => [
    named(target),
    ...refused(target),
    ...stopped(target),
    unopened(),
    ...started(target),
    answers(target),
    ...letThrough(target),
  ],
};
