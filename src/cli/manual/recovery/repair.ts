import type { Page } from '../page.ts';

export const repair: Page = {
  instead: ({ name }) =>
    `What a terminated run left depends on the step it had come to. "runbook repair --target ${name} --plan" says so; and it needs its worker to put it right: start one by "runbook dev ${name}".`,
};
