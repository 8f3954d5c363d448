import { z } from 'zod';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { judge, show } from '../parts/judge-figures.ts';
import { lookTwice } from '../parts/look-twice.ts';

/**
 * That it answers proves little: its data is read in the live file, a key is written to the cache and read back, and a Streamlit's script is
 * run. A critical finding opens an incident, which the next good check closes.
 */
export const healthCheck = defineRunbook({
  name: 'health-check',
  title: 'Health check',
  purpose: 'See whether the application, its data, its cache, its disks and its memory are well',
  family: 'health',
  severity: 'sev2',
  kind: 'reads',
  expected: '5m',
  lateness: '6h',

  input: z.object({}),

  plan: {
    sample: 'Measure everything once',
    again: 'Measure again, where something is critical',
    record: 'Keep what was measured',
    application: 'Check application health',
    database: 'Check database',
    cache: 'Check Redis',
    disks: 'Check disk space',
    memory: 'Check memory usage',
    errors: 'Check for errors in the logs',
    smoke: 'Run the smoke checks',
    certificate: 'Check certificate and clock',
    verdict: 'Judge the whole',
  },

  async run({ step, asked }) {
    const figures = await lookTwice(step);

    show(step.application, figures, /^(?:app|proxy|response|health)\./);
    show(step.database, figures, /^(?:data|database)\./);
    show(step.cache, figures, /^redis\./);
    show(step.disks, figures, /^disks?\./);
    show(step.memory, figures, /^(?:memory|cpu)\./);
    show(step.errors, figures, /^logs\./);
    show(step.smoke, figures, /^smoke\./);
    show(step.certificate, figures, /^(?:certificate|clock)\./);

    return judge(step.verdict, figures, asked);
  },
});
