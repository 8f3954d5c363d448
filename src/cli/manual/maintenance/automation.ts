import type { Page } from '../page.ts';

export const automation: Page = {
  instead: ({ name }) =>
    `What starts by itself lies in Temporal. "runbook schedules pause ${name}" needs no worker; without Temporal nothing starts by itself.`,
};
