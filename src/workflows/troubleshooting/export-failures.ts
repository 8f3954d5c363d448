import { z } from 'zod';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { type Diagnosis, resourcesText, sentences } from '../parts/diagnosis.ts';

/**
 * Makes one export of each kind with the application's own Python, and throws it away. It installs nothing: a container loses
 * what is installed into it, and an image is for people. Each finding says what would help, also where the usual remedy does not.
 */
export const exportFailures = defineRunbook({
  name: 'export-failures',
  title: 'Export failures',
  purpose:
    'CSV is empty, or PDF or PNG fail: make one of each as the application does, and say what would repair it',
  family: 'troubleshooting',
  severity: 'sev3',
  kind: 'reads',
  expected: '5m',

  input: z.object({}),

  plan: {
    resources: 'Inspect CPU, memory and disks',
    csv: 'Make a CSV of its data, and count its rows',
    pdf: 'Make a PDF',
    png: 'Make a PNG',
  },

  async run({ step }) {
    const resources = await step.resources(({ host }) => host.resources(), {
      note: resourcesText,
    });
    const note = (tried: { note: string; remedy?: string }) => sentences(tried.note, tried.remedy);
    const csv = await step.csv(({ troubleshoot }) => troubleshoot.tryExport('csv'), { note });
    const pdf = await step.pdf(({ troubleshoot }) => troubleshoot.tryExport('pdf'), { note });
    const png = await step.png(({ troubleshoot }) => troubleshoot.tryExport('png'), { note });

    const all = [csv, pdf, png];
    const wrong = all.filter(({ verdict }) => verdict === 'critical' || verdict === 'unknown');
    return {
      diagnosis:
        sentences(...wrong.map(note), ...(wrong.length > 0 ? resources.concerns : [])) ||
        'Each export that the target names can be made',
      evidence: [...all.map((one) => one.note), ...resources.notes],
      tried: [],
      helped: '',
      exports: { csv: csv.verdict, pdf: pdf.verdict, png: png.verdict },
    } satisfies Diagnosis & { exports: object };
  },
});
