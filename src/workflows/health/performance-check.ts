import { z } from 'zod';
import type { Recent } from '../../activities/health/recent.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';
import type { Figure, Unit } from '../../figures/figure.ts';
import { judge, show } from '../parts/judge-figures.ts';
import { lookTwice } from '../parts/look-twice.ts';

/** What was measured in the last hour is told beside each figure: one sample shows a moment, and no trend. */
export const performanceCheck = defineRunbook({
  name: 'performance-check',
  title: 'Performance check',
  purpose: 'See how fast the application answers, and how much of its machine it needs',
  family: 'health',
  severity: 'sev3',
  kind: 'reads',
  expected: '2m',
  lateness: '30m',

  input: z.object({}),

  plan: {
    recent: 'Read what was measured in the last hour',
    sample: 'Measure everything once',
    again: 'Measure again, where something is critical',
    record: 'Keep what was measured',
    response: 'Check response times and failures',
    users: 'Check active connections',
    database: 'Check database and log size',
    query: 'Check query time and locks',
    cache: 'Check the cache hit ratio',
    resources: 'Check CPU, memory, disks and network',
    verdict: 'Judge the whole',
  },

  async run({ step, asked }) {
    const recent = await step.recent(({ health }) => health.recent(), {
      note: (found) => (found.length > 0 ? `${found.length} series` : 'Nothing was measured'),
    });
    const figures = await lookTwice(step);
    const hour = ({ name, unit }: Figure) => hourText(recent, name, unit);

    show(step.response, figures, /^(?:response|app\.page|app\.hung|health)\b/, hour);
    show(step.users, figures, /^app\.users$/, hour);
    show(step.database, figures, /^database\.(?:size|log|growth|free)$/, hour);
    show(step.query, figures, /^(?:data\.|database\.(?:writeLock|reader))/, hour);
    show(step.cache, figures, /^redis\./, hour);
    show(step.resources, figures, /^(?:cpu|memory|disks?|network)\./, hour);

    return judge(step.verdict, figures, asked);
  },
});

function hourText(recent: readonly Recent[], name: string, unit: Unit): string | undefined {
  const found = recent.find((one) => one.name === name);
  if (!found) return undefined;
  const { n, median, highest } = found;
  return `last hour: median ${valueText(median, unit)}, highest ${valueText(highest, unit)}, of ${n}`;
}

const MEBIBYTE = 2 ** 20;

function valueText(value: number, unit: Unit): string {
  if (unit === 'seconds') return `${Math.round(value * 1000)} ms`;
  if (unit === 'ratio') return `${Math.round(value * 100)} %`;
  if (unit === 'bytes') return `${(value / MEBIBYTE).toFixed(1)} MiB`;
  if (unit === 'bytes per second') return `${(value / MEBIBYTE).toFixed(2)} MiB/s`;
  return String(Math.round(value));
}
