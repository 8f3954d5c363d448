import { z } from 'zod';
import { UpToAYear } from '../../config/time/duration.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';

/**
 * Backups and runbooks that only read go on. "Off" is over by itself, because a switch that somebody forgot is how
 * maintenance stops for a year. It needs no claim: it takes effect while another run works.
 */
export const automation = defineRunbook({
  name: 'automation',
  title: 'Automation',
  purpose: 'Hold back everything that starts by itself and acts, or let it start again',
  family: 'maintenance',
  severity: 'sev4',
  kind: 'reads',
  expected: '1m',

  input: z.object({
    turn: z.enum(['on', 'off']).describe('Let automatic runs act, or hold them back'),
    for: UpToAYear.default('24h').describe('How long "off" lasts, such as "4h", a year at most'),
  }),

  plan: { turn: 'Turn automation on or off' },

  async run({ input, by, because = 'no reason given', step }) {
    if (input.turn === 'on') {
      const { was } = await step.turn(({ automation: switches }) => switches.turnOn(), {
        note: (before) => (before.was ? `It was off: ${before.was.reason}` : 'It was on already'),
      });
      return { automation: 'on', was: was?.reason };
    }
    const off = { for: input.for, by, reason: because };
    const { until } = await step.turn(({ automation: switches }) => switches.turnOff(off), {
      note: (now) => `Off until ${now.until}`,
    });
    return { automation: 'off', until };
  },
});
