import type { Page } from '../page.ts';
import { named } from '../parts/database.ts';
import { quoted } from '../../../config/text/quoted.ts';
import { started } from '../parts/runtime.ts';
import { answers } from '../parts/service.ts';

export const liftContainment: Page = {
  parts: (target) => [
    named(target),
    {
      say: 'See who contained it and why, and remove that note only when the harm is over',
      type: [
        `cat ${quoted(`${target.state}/containment.json`)}`,
        `rm ${quoted(`${target.state}/containment.json`)}`,
      ],
    },
    ...started(target),
    answers(target),
  ],
};
