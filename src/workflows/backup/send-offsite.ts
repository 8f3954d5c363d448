import { z } from 'zod';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { sentText } from '../parts/backup/sent-text.ts';

/**
 * Takes hours where the line is slow, and claims nothing: a recovery never waits for it. Runs that make backups begin it; it is its own retry, for it
 * sends whatever is not there yet, from the part on at which the last attempt was cut short.
 */
export const sendOffsite = defineRunbook({
  name: 'send-offsite',
  title: 'Copy backups off-site',
  purpose: 'Bring every verified backup off-site that is not there yet, beside whatever else runs',
  family: 'backup',
  severity: 'sev3',
  kind: 'reads',
  expected: '12h',
  lateness: '3d',

  input: z.object({}),

  plan: {
    send: 'Send what is not there yet, and have the bucket say that it has all of it',
  },

  async run({ step }) {
    const sent = await step.send(({ offsite }) => offsite.send(), { note: sentText });
    return { backups: sent.backups, bytes: sent.bytes, place: sent.place };
  },
});
