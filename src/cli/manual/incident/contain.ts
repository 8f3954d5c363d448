import type { Page } from '../page.ts';
import { quoted } from '../../../config/text/quoted.ts';
import { compose, stopped } from '../parts/runtime.ts';

export const contain: Page = {
  parts: (target) => {
    const { runtime, directory } = target;
    const off =
      runtime.kind === 'compose'
        ? `cd ${quoted(directory)} && docker update --restart=no $(${compose(directory, runtime)} ps -aq ${quoted(runtime.service)})`
        : runtime.kind === 'systemd'
          ? `systemctl disable -- ${quoted(runtime.unit)}`
          : undefined;
    return [
      ...stopped(target),
      {
        say: 'Keep others from starting it: schedules, service managers, people. A worker does not know of it, and its runbooks start the application again: stop the worker, too',
        ...(off !== undefined && { type: [off] }),
      },
    ];
  },
};
