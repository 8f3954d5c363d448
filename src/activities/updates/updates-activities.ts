import { countText } from '../../config/text/count-text.ts';
import type { Target } from '../../config/schema/target.ts';
import type { Updates } from '../../config/schema/upkeep/updates.ts';
import type { Stamp } from '../../config/time/stamp.ts';
import { actingOnHost, unclaimed } from '../../os/acting.ts';
import { permanent } from '../../os/failure.ts';
import { type Evidence, keepEvidence } from '../../state/evidence.ts';
import { type LeftToRestart, leftToRestart } from './left/left-to-restart.ts';
import { aptOf } from './packages/apt.ts';
import { auditOf } from './packages/dpkg-state.ts';
import { fetchLists, findKeptBack, planPackages } from './packages/find-packages.ts';
import { installPackages, mendPackages, restorePackages } from './packages/install-packages.ts';
import { keepPackages } from './packages/keep-packages.ts';
import { fingerprintOfPlan, type Group, type Plan } from './packages/plan.ts';
import { changeText, type PackageChange } from './packages/simulated.ts';
import { scanCode } from './scans/bandit.ts';
import { scanAdvisories } from './scans/pip-audit.ts';
import type { Scan } from './scans/scan.ts';

export interface UpdatesFound {
  /** How many, and the first of them as text. */
  readonly ordinary: Listed;
  /** What Docker and systemd are of. */
  readonly core: Listed;
  /** sha256 of the whole list: what is approved, and what runs. */
  readonly fingerprint: string;
  /** Something is half configured, of whomever, even if nothing has an update. */
  readonly unfinished: boolean;
  readonly note: string;
  readonly evidence: readonly Evidence[];
}

interface Listed {
  readonly count: number;
  readonly shown: readonly string[];
}

/** What the target asks for, besides the dependencies of `maintenance`. */
export interface UpdatesPolicy {
  readonly packages: boolean;
  readonly image: boolean;
  readonly code: boolean;
  readonly advisories: boolean;
}

interface Done {
  readonly changed: boolean;
  readonly note: string;
}

/** So many of a list stand in a ledger, and in what people approve. The whole list is in the evidence. */
const SHOWN = 30;

/** What the host and the application are built of, and what is known to be wrong with it. */
export function updateActivities(target: Target, run: string) {
  const { updates } = target;
  const apt = () => aptOf(target, expectUpdates());

  return {
    async policy(): Promise<UpdatesPolicy> {
      const { packages, image, code, advisories } = expectUpdates();
      return {
        packages: packages !== 'none',
        image: image === 'rebuild',
        code: code !== undefined,
        advisories: advisories !== undefined,
      };
    },

    /**
     * Which packages would become which versions, by lists that were fetched now. Installs nothing. Errors: `NotPermitted`, `NotApplicable`,
     * `CannotCheck`, and `CommandFailed` while a source does not answer.
     */
    async find(): Promise<UpdatesFound> {
      const host = apt();
      await fetchLists(host);
      const plan = await planPackages(host);
      const { ordinary, core } = plan;
      const [keptBack, unfinished] = [await findKeptBack(host, plan), await auditOf(host)];
      const text = [
        ...[...ordinary, ...core].map(changeText),
        ...(keptBack ?? []).map((one) => `kept back: ${one}`),
      ]
        .map((line) => `${line}\n`)
        .join('');
      const listed = [...ordinary, ...core].slice(0, 5).map(changeText).join(', ');
      const count = ordinary.length + core.length;
      return {
        ordinary: listedOf(ordinary),
        core: listedOf(core),
        fingerprint: fingerprintOfPlan(plan),
        unfinished: unfinished !== '',
        note: [
          count === 0
            ? keptBack?.length === 0
              ? 'All are up to date'
              : 'None can be updated'
            : `${countText(count, 'package')}: ${listed}${count > 5 ? ', ...' : ''}`,
          ...keptBackText(keptBack),
        ].join('. '),
        evidence: text === '' ? [] : [keepEvidence(target, run, 'packages.txt', text)],
      };
    },

    /** Ends what an interrupted call has left half configured. Errors: `CommandFailed`, `PackagesDiffer`. */
    mend: actingOnHost(async (stamp: Stamp): Promise<Done> => {
      const host = apt();
      const { ordinary, core } = await planPackages(host);
      return mendPackages(host, `${target.name}-${stamp}-mend`, [...ordinary, ...core]);
    }),

    /**
     * Fetches the packages, and keeps those of before. `fingerprint`: of the list that was found. Errors: `PackagesDiffer` when it is another one by
     * now; `PackagesNotKept` when the version from before cannot be had of a package, unless `lacking` accepts that.
     */
    keep: actingOnHost(
      async (
        stamp: Stamp,
        fingerprint: string,
        lacking: 'refuse' | 'accept',
      ): Promise<Done & { readonly lacking: readonly string[] }> => {
        const host = apt();
        const plan = await expectSame(await planPackages(host), fingerprint);
        const kept = await keepPackages(host, target, stamp, plan);
        const [first] = kept.lacking;
        if (first !== undefined && lacking === 'refuse')
          throw permanent(
            'PackagesNotKept',
            `There is no way back for ${countText(kept.lacking.length, 'package')}, such as "${first}": no archive has that version any more. ` +
              'Install dpkg-repack (apt-get install dpkg-repack), which makes it of what is installed, or go without a way back for these: --lacking accept',
          );
        return {
          changed: kept.changed,
          lacking: kept.lacking.slice(0, SHOWN),
          note: `${(kept.bytes / 1e6).toFixed(1)} MB of packages, old and new${first === undefined ? '' : `. No way back for ${kept.lacking.slice(0, SHOWN).join(', ')}`}`,
        };
      },
    ),

    /** Installs what was kept, and nothing else. Errors: `PackagesDiffer`, `CommandFailed`. */
    install: actingOnHost(async (stamp: Stamp, group: Group): Promise<Done> =>
      installPackages(apt(), target, stamp, group),
    ),

    /** Brings the versions from before back. `lacking`: of which there is none. Errors: `PackagesDiffer`, `CommandFailed`. */
    restore: actingOnHost(
      async (
        stamp: Stamp,
      ): Promise<{ readonly changed: boolean; readonly lacking: readonly string[] }> => {
        const { changed, lacking } = await restorePackages(apt(), target, stamp);
        return { changed, lacking: lacking.slice(0, SHOWN) };
      },
    ),

    /** Bandit's report of the application's code. Throws nothing: what could not be found out is `unknown`. */
    scanCode: unclaimed(async (): Promise<Scan> => {
      const policy = expectUpdates();
      return scanCode(target, run, policy, policy.code!);
    }),

    /** What is known of the versions that the application is built on. Throws nothing, as the other scan. */
    scanAdvisories: unclaimed(async (): Promise<Scan> => {
      const policy = expectUpdates();
      return scanAdvisories(target, run, policy, policy.advisories!);
    }),

    /** What runs as it was before an update, and has to be started anew by somebody. */
    async left(): Promise<LeftToRestart> {
      return leftToRestart(expectUpdates().root);
    },
  };

  function expectUpdates(): Updates {
    if (updates) return updates;
    throw permanent(
      'NotApplicable',
      `"${target.name}" has no "updates", which says what is to be kept up to date: docs/security-updates.md`,
    );
  }
}

async function expectSame(plan: Plan, fingerprint: string): Promise<Plan> {
  if (fingerprintOfPlan(plan) === fingerprint) return plan;
  throw permanent(
    'PackagesDiffer',
    'Other packages would be installed by now than were found when the run began: start it anew',
  );
}

function keptBackText(all: readonly string[] | undefined): string[] {
  if (all === undefined) return ['Whether some are kept back is unknown'];
  if (all.length === 0) return [];
  return [`Kept back: ${all.slice(0, 5).join(', ')}${all.length > 5 ? ', ...' : ''}`];
}

function listedOf(changes: readonly PackageChange[]): Listed {
  return { count: changes.length, shown: changes.slice(0, SHOWN).map(changeText) };
}
