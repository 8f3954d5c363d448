import { z } from 'zod';
import type { StepSystems } from '../../activities/index.ts';
import type { UpdatesFound } from '../../activities/updates/updates-activities.ts';
import type { Scan } from '../../activities/updates/scans/scan.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { failed } from '../../engine/run/failed.ts';
import { leave } from '../../engine/steps/step.ts';
import { rebuildApplication } from '../lifecycle/rebuild-application.ts';
import { unlessRejected } from '../parts/attempted.ts';
import { findApplication } from '../parts/find-application.ts';
import { rollbackPointOf } from '../parts/rollback-point.ts';
import {
  proveStarted,
  startAsBefore,
  startUntilReady,
  upText,
} from '../parts/start-until-ready.ts';

/**
 * What is approved is a list of exact versions, and that list is what runs. Packages of the host that the application was proven on stay, whatever
 * comes of what is done after them: only what breaks it is taken back. What could not be checked is unknown, is told, and makes the run `partly` done.
 */
export const securityUpdates = defineRunbook({
  name: 'security-updates',
  title: 'Security updates',
  purpose:
    'Bring packages, image and dependencies up to date, with every version from before kept, and say what is known to be vulnerable yet',
  family: 'security',
  severity: 'sev2',
  kind: 'acts',
  expected: '1h',
  lateness: '6h',
  endsPartly: true,
  refuses: ['Contained'],
  downtime: { from: 'stop', until: 'test' },

  input: z.object({
    lacking: z
      .enum(['refuse', 'accept'])
      .default('refuse')
      .describe('What becomes of packages of which the version from before cannot be kept'),
  }),

  plan: {
    inspect: 'Check the application, and what is to be kept up to date',
    find: 'Find the packages of the host that have updates',
    host: 'Take the host',
    mend: 'End what is half configured',
    keep: 'Fetch the packages, and keep those from before',
    packages: 'Update the packages of the host',
    core: 'Update what Docker and systemd are of',
    works: 'Test functionality on the new packages',
    release: 'Release the host',
    image: 'Replace the container by one of a new image',
    stop: 'Stop application',
    dependencies: 'Update dependencies',
    start: 'Start application',
    test: 'Test functionality on the new dependencies',
    code: 'Scan the code',
    advisories: 'Compare the dependencies with known vulnerabilities',
    left: 'Find what has to be started anew',
  },

  async run({ input, stamp, settings, step, notDone }) {
    const { seen, policy } = await step.inspect(
      async (systems) => ({
        policy: await systems.updates.policy(),
        seen: await findApplication(systems),
      }),
      { note: (found) => found.seen.text },
    );

    const found = policy.packages
      ? await step.find(({ updates }) => updates.find(), {
          note: (packages) => packages?.note ?? 'Unknown',
          ifFailed: undefined,
        })
      : step.find.omit('The target leaves them alone');
    const count = found ? found.ordinary.count + found.core.count : 0;

    if (!found || (count === 0 && !found.unfinished)) {
      const why = found || !policy.packages ? 'There are none' : 'It is not known which';
      for (const id of HOST_WORK) step[id].omit(why);
    } else {
      await step.host(({ hostClaim }) => hostClaim.take(stamp), {
        undo: ({ hostClaim }) => hostClaim.release(),
      });
      await step.mend(({ updates }) => updates.mend(stamp), { note: ({ note }) => note });
      if (count > 0) await updatePackages(found);
      else
        for (const id of ['keep', 'packages', 'core', 'works'] as const)
          step[id].omit('There are none');
      await step.release(({ hostClaim }) => hostClaim.release());
      step.host.dropUndo();
    }

    const image = policy.image
      ? await step.image(
          ({ runbook }) => runbook(rebuildApplication, { pull: 'yes', cache: 'no' }),
          { note: (done) => done?.image ?? 'Not replaced', ifFailed: undefined },
        )
      : step.image.omit('The target leaves it alone');

    const changed = await updateDependencies();

    const code = policy.code
      ? await step.code(async ({ updates }) => expectKnown(await updates.scanCode()), {
          note: scanText,
          ifFailed: UNKNOWN,
        })
      : step.code.omit('The target names no code');
    const advisories = policy.advisories
      ? await step.advisories(async ({ updates }) => expectKnown(await updates.scanAdvisories()), {
          note: scanText,
          ifFailed: UNKNOWN,
        })
      : step.advisories.omit('The target names no list');

    const left = await step.left(({ updates }) => updates.left(), { note: ({ note }) => note });

    return {
      /** How many of the host had an update. Missing: unknown, or left alone. */
      ...(found && { packages: found.ordinary.count, core: found.core.count }),
      image: image?.image,
      ...(changed && rollbackPointOf(stamp, ['dependencies'])),
      ...(code && { code: code.outcome, codeFindings: code.findings }),
      ...(advisories && { advisories: advisories.outcome, vulnerabilities: advisories.shown }),
      reboot: left.reboot,
      restart: left.restart,
      /** What failed, was not known, or was left out, and why. */
      notDone: notDone(),
    };

    /** The very list that was found, once what was before is kept. It is taken back when the application does not work on it. */
    async function updatePackages(plan: UpdatesFound): Promise<void> {
      const kept = await step.keep(
        ({ updates }) => updates.keep(stamp, plan.fingerprint, input.lacking),
        { note: ({ note }) => note },
      );
      const wayBack =
        kept.lacking.length === 0
          ? 'Every version from before is kept'
          : `No way back for ${kept.lacking.join(', ')}`;
      let begun = false;
      const undo = async (systems: StepSystems) => {
        if (!begun) return undefined;
        const { lacking } = await systems.updates.restore(stamp);
        await startAsBefore(systems, seen);
        return lacking.length === 0
          ? undefined
          : leave(
              `The version from before was not kept of ${lacking.join(', ')}: it stays as it is`,
            );
      };
      const update = async (id: 'packages' | 'core', group: 'ordinary' | 'core', what: string) => {
        const { count: many, shown } = plan[group];
        if (many === 0) return step[id].omit('There are none');
        const list = `${shown.join(', ')}${many > shown.length ? ' and more: "packages.txt"' : ''}`;
        return unlessRejected(
          step[id](
            ({ updates }) => {
              begun = true;
              return updates.install(stamp, group);
            },
            {
              undo,
              approve: `${what}: ${list}. ${wayBack}`,
              note: ({ note }) => note,
            },
          ),
        );
      };
      await update('packages', 'ordinary', 'Packages of the host change');
      await update(
        'core',
        'core',
        'Docker or systemd change, which may stop every container of the host',
      );

      if (!begun) step.works.omit('Nothing has changed');
      else if (!seen.running) step.works.omit('It was down before');
      else
        await step.works(
          async (systems) => {
            const up = await startUntilReady(systems);
            return up.contained ? up.contained.note : (await proveStarted(systems)).note;
          },
          { note: (text) => text },
        );
      // What was proven stays.
      step.packages.dropUndo();
      step.core.dropUndo();
    }

    /** Whether any of them changed. They are put back when the application does not work on them. */
    async function updateDependencies(): Promise<boolean> {
      const ids = ['stop', 'dependencies', 'start', 'test'] as const;
      if (!settings.maintenance.dependencies) {
        for (const id of ids) step[id].omit('The target names none');
        return false;
      }
      if (seen.running) {
        await step.stop(({ runtime }) => runtime.stop(), {
          undo: (systems) => startAsBefore(systems, seen),
        });
      } else step.stop.omit('It was down before');
      const update = await step.dependencies(({ dependencies }) => dependencies.update(stamp), {
        undo: ({ dependencies }) => dependencies.restore(stamp),
        note: ({ note }) => note,
      });
      if (!seen.running) {
        step.start.omit('It was down before');
        step.test.omit('It was down before');
        return update.changed;
      }
      const up = await step.start((systems) => startUntilReady(systems), {
        undo: ({ runtime }) => runtime.stop(),
        note: upText,
      });
      if (up.contained) step.test.omit('It is kept down');
      else await step.test(proveStarted, { note: ({ note }) => note });
      return update.changed;
    }
  },
});

const HOST_WORK = ['host', 'mend', 'keep', 'packages', 'core', 'works', 'release'] as const;
const UNKNOWN = {
  outcome: 'unknown',
  findings: 0,
  shown: [],
  note: 'Unknown',
  evidence: [],
} as const;

/** A scan that says nothing is no clean one: people are notified, and the run goes on without it. Error: `CannotCheck`. */
function expectKnown(scan: Scan): Scan {
  if (scan.outcome === 'unknown') throw failed('CannotCheck', scan.note);
  return scan;
}

/** For the ledger: how many, and the first of them. */
function scanText({ note, shown }: Scan): string {
  const first = shown.slice(0, 5).join('; ');
  return first ? `${note}: ${first}${shown.length > 5 ? '; ...' : ''}` : note;
}
