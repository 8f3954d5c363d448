import { z } from 'zod';
import { unprovenText } from '../../config/unproven.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { failed } from '../../engine/run/failed.ts';
import type { Step } from '../../engine/steps/step.ts';

/**
 * How long that takes is the recovery time that people can count on; the age of the newest backup is what they would lose.
 * It touches nothing but a directory of its own, and what it found stays with each backup.
 */
export const restoreDrill = defineRunbook({
  name: 'restore-drill',
  title: 'Restore drill',
  purpose:
    'Practise a recovery, before it is needed: restore a backup beside the live database, and boot the application on it',
  family: 'backup',
  governed: false,
  reportsDrills: true,
  severity: 'sev2',
  kind: 'acts',
  expected: '1h',
  lateness: '3d',

  input: z.object({}),

  plan: {
    choose: 'Choose the newest backup and one at random',
    prove: 'Prove them in full',
    restore: 'Restore the newest in a directory of its own',
    boot: 'Boot the application on it',
    test: 'Test functionality',
    clean: 'Remove the directory',
    record: 'Record what it showed',
  },

  async run({ stamp, run, step }) {
    const { newest, other, unbootable } = await step.choose(({ drill }) => drill.choose(stamp), {
      note: ({ newest: { id }, other: another, passedOver }) =>
        [[id, another].filter(Boolean).join(' and '), passedOver ?? []].flat().join('. '),
    });

    const proofs = await step.prove.each(
      other === undefined ? [newest.id] : [newest.id, other],
      (id) => `Backup ${id}`,
      ({ drill }, id) => drill.prove(id),
      { atOnce: 1 },
    );
    const findings = proofs.flatMap(({ damage }) => damage ?? []);
    const unproven = proofs.flatMap((one) =>
      one.unproven ? `Backup ${one.id}, ${unprovenText(one.unproven)}` : [],
    );

    const practised = unbootable === undefined ? await practise() : omitBoot(unbootable);

    await step.clean(({ drill }) => drill.clean(stamp));
    step.restore.dropUndo();

    const verdict =
      findings.length > 0 ? 'failed' : practised === undefined ? 'inconclusive' : 'proven';
    const outcome = {
      verdict,
      backup: newest.id,
      rpoMilliseconds: Date.now() - Date.parse(newest.takenAt),
      ...(practised && { rtoMilliseconds: practised.rtoMilliseconds }),
      findings,
      /** What of it could not be judged here. */
      ...(unproven.length > 0 && { unproven }),
    } as const;
    const at = new Date().toISOString();
    await step.record(({ drill }) => drill.record({ run, at, ...outcome }), {
      note: ({ drills }) => [`${verdict}, as drill ${drills}`, ...unproven].join('. '),
    });

    if (verdict === 'failed') throw failed('DrillFailed', findings.join('; '));
    return outcome;

    /** What cannot be practised is a finding, and what follows it is left out. */
    async function practise() {
      const restored = await step.restore(({ drill }) => drill.restore(newest.id, stamp), {
        undo: ({ drill }) => drill.clean(stamp),
        note: (done) => (done ? `${done.milliseconds} ms` : 'Not restored'),
        ifFailed: undefined,
      });
      if (!restored) return miss(`Backup "${newest.id}" cannot be restored`, step.boot, step.test);

      const booted = await step.boot(({ drill }) => drill.boot(stamp), {
        note: (done) => (done ? `${done.milliseconds} ms` : 'Not booted'),
        ifFailed: undefined,
      });
      if (!booted) return miss(`The application does not boot on "${newest.id}"`, step.test);

      const proof = await step.test(({ drill }) => drill.test(stamp), {
        note: (done) => done?.note ?? 'It does not work',
        ifFailed: undefined,
      });
      if (!proof) return miss(`The application does not work on "${newest.id}"`);
      return { rtoMilliseconds: restored.milliseconds + booted.milliseconds };
    }

    function miss(finding: string, ...lines: Pick<Step, 'omit'>[]): undefined {
      findings.push(finding);
      for (const line of lines) line.omit(finding);
    }

    function omitBoot(why: string): undefined {
      for (const line of [step.restore, step.boot, step.test]) line.omit(why);
    }
  },
});
