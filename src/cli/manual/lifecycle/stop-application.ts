import type { Page } from '../page.ts';
import { named, unopened } from '../parts/database.ts';
import { refused } from '../parts/proxy.ts';
import { quoted } from '../../../config/text/quoted.ts';
import { stopped } from '../parts/runtime.ts';

export const stopApplication: Page = {
  parts: (target) => [
    named(target),
    ...refused(target),
    ...stopped(target),
    unopened(),
    ...(target.runtime.kind === 'systemd'
      ? [
          {
            say: 'A unit that is enabled is started again when this machine starts anew. "systemctl disable" keeps it from that, and "systemctl enable" takes that back',
            type: [`systemctl is-enabled -- ${quoted(target.runtime.unit)}`],
          },
        ]
      : []),
    ...(target.runtime.kind === 'compose'
      ? [
          {
            say: 'A container with "restart: always" is started again when Docker or this machine starts anew; one with "restart: unless-stopped" is not',
          },
        ]
      : []),
    {
      say: 'A worker does not know that it is stopped on purpose, and starts it again: tell the others, and hold the worker back by "runbook automation off"',
    },
  ],
};
