import { z } from 'zod';
import { defineRunbook } from '../../engine/define-runbook.ts';

/**
 * A log is rotated by size or by time, as its target says, and its application takes up the new file or is left with the one
 * it has. Nothing is put back: a rotated file has every line, and to rotate again later is safe.
 */
export const logRotation = defineRunbook({
  name: 'log-rotation',
  title: 'Log rotation',
  purpose:
    "Rotate the application's logs, and remove what is past its time: rotated logs, and our own reports of runs",
  family: 'maintenance',
  severity: 'sev3',
  kind: 'acts',
  expected: '10m',
  lateness: '20h',

  input: z.object({}),

  plan: {
    inspect: 'Inspect the logs',
    rotate: 'Rotate what is due',
    prune: 'Remove what is past its time',
    compress: 'Compress what nobody writes to',
    reports: 'Remove old reports of runs',
    audit: 'Begin a new audit file when it is time',
    expect: 'Expect every log in order',
  },

  async run({ stamp, step }) {
    const { logs } = await step.inspect((systems) => systems.logs.inspect(), {
      note: ({ note }) => note,
    });
    const nameOf = ({ name }: { readonly name: string }) => name;
    const note = (all: readonly Noted[]) => named(all).join('; ') || 'There are none';

    const rotations = await step.rotate.each(
      logs,
      nameOf,
      (systems, { file }) => systems.logs.rotate(file, stamp),
      { note },
    );
    const pruned = await step.prune.each(
      logs,
      nameOf,
      (systems, { file }) => systems.logs.prune(file, stamp),
      { note },
    );
    const compressed = await step.compress.each(
      logs,
      nameOf,
      (systems, { file }) => systems.logs.compress(file),
      { note },
    );

    const reports = await step.reports(({ records }) => records.prune(stamp), {
      note: ({ removed, files }) =>
        files > 0 ? `${removed} removed, and ${files} with replaced files` : `${removed} removed`,
    });
    const audit = await step.audit(({ records }) => records.rotateAudit(stamp), {
      note: ({ file }) => file ?? 'Not yet',
    });

    const results = [rotations, pruned, compressed];
    const remarks = results.flatMap((all) =>
      all.flatMap((one, index) => one.remarks.map((text) => `${logs[index]!.name}: ${text}`)),
    );
    const failed = results.flat().some((one) => one.failed);
    if (remarks.length === 0) step.expect.omit('There is nothing to say of them');
    else
      await step.expect(
        (systems) => systems.logs.expectInOrder(remarks),
        // What is only worth knowing is reported; what could not be done is a failure.
        failed ? {} : { ifFailed: undefined },
      );

    return {
      logs: logs.map(({ name }, index) => ({ ...rotations[index]!, name })),
      reportsRemoved: reports.removed,
      ...(audit.file !== undefined && { audit: audit.file }),
    };

    function named(all: readonly Noted[]): string[] {
      return all.map((one, index) => `${logs[index]!.name}: ${one.note}`);
    }
  },
});

interface Noted {
  readonly note: string;
}
