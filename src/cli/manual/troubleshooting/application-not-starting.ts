import type { Page } from '../page.ts';
import { named } from '../parts/database.ts';
import { started } from '../parts/runtime.ts';
import { answers } from '../parts/service.ts';
import { preflight } from '../lifecycle/start-application.ts';

export const applicationNotStarting: Page = {
  parts: (target) => [named(target), ...preflight(target), ...started(target), answers(target)],
};
