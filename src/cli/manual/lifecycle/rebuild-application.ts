import type { Page } from '../page.ts';
import { named } from '../parts/database.ts';
import { quoted } from '../../../config/text/quoted.ts';
import { compose } from '../parts/runtime.ts';
import { answers } from '../parts/service.ts';

export const rebuildApplication: Page = {
  parts: (target) => {
    const { directory, runtime } = target;
    if (runtime.kind !== 'compose')
      return [
        {
          say: `It has no image: it is a ${runtime.kind === 'systemd' ? 'unit of systemd' : 'process'}. Rebuild it as its people do, and restart it`,
        },
      ];
    const command = compose(directory, runtime);
    const service = quoted(runtime.service);
    return [
      named(target),
      {
        say: 'Give the image that runs a name of its own: it is the way back, and nobody prunes it',
        type: [
          `cd ${quoted(directory)} && image=$(docker inspect --format '{{.Image}}' $(${command} ps -q ${service})) && docker tag "$image" "before-rebuild:$stamp" && echo "before-rebuild:$stamp"`,
        ],
      },
      {
        say: 'Build anew, while the old one runs. It needs the way back',
        type: [
          `docker image inspect "before-rebuild:$stamp" > /dev/null && ${command} build --no-cache ${service} && built=yes`,
        ],
      },
      {
        say: 'Replace it',
        type: [`test "\${built-}" = yes && ${command} up -d --no-deps ${service}`],
      },
      answers(target),
      {
        say: `To go back: tag "before-rebuild:$stamp" with the name of the image that the service has, and "up -d --no-deps --force-recreate"`,
      },
    ];
  },
};
