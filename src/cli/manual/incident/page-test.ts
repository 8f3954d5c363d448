import type { Page } from '../page.ts';

export const pageTest: Page = {
  parts: ({ name, contacts }) => [
    {
      say: 'Send a test page to each contact; it needs neither Temporal nor a worker. Ask them whether it rang',
      type: Object.keys(contacts).map(
        (contact) => `runbook notify test -t ${name} --to ${contact}`,
      ),
    },
  ],
};
