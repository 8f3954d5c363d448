import type { Page } from '../page.ts';
import { named, unopened } from '../parts/database.ts';
import { started, stopped } from '../parts/runtime.ts';
import { answers } from '../parts/service.ts';

export const restartApplication: Page = {
  parts: (target) => [
    named(target),
    ...stopped(target),
    unopened(),
    ...started(target),
    answers(target),
  ],
};
