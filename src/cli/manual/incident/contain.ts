import type { Page } from '../page.ts';
import { quoted } from '../parts/quoted.ts';
import { stopped } from '../parts/runtime.ts';

export const contain: Page = {
  parts: (target) => {
    const { runtime } = target;
    const off =
      runtime.kind === 'compose'
        ? `docker update --restart=no $(docker ps -aq --filter label=com.docker.compose.service=${quoted(runtime.service)})`
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
