import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { countText } from '../../../config/text/count-text.ts';
import type { Target } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import { apart, expectDone, untilNoneRuns } from '../apart/apart.ts';
import { type Apt, QUIET } from './apt.ts';
import { areAt, auditOf, CUT_OFF, installedVersions, versionOf } from './dpkg-state.ts';
import { dpkg } from './dpkg.ts';
import { expectRead } from './find-packages.ts';
import { fileOf } from './keep-packages.ts';
import { type Group, keptDirectory, type Plan, readPlan } from './plan.ts';
import { changeText, inOrder, oldOf, type PackageChange } from './simulated.ts';

type Place = Pick<Target, 'name'>;

/** Else apt fetches anew what a list has in the same version: from a source that may be gone, or have a newer one, by the time people have approved. */
const WITHOUT_SOURCES = ['-oDir::Etc::SourceList=/dev/null', '-oDir::Etc::SourceParts=/dev/null'];

/**
 * Puts right what an interrupted call has left half configured, of whomever. Waits first for one of ours that is under way. What was cut off while it
 * was unpacked is left to who installs it next, where it is of `due`.
 */
export async function mendPackages(
  apt: Apt,
  job: string,
  due: readonly PackageChange[] = [],
): Promise<{ changed: boolean; note: string }> {
  await untilNoneRuns(apt.timeout);
  const audit = await auditOf(apt);
  if (audit === '') return { changed: false, note: 'Nothing is half configured' };
  const versions = await installedVersions(apt);
  const cut = [...versions].flatMap(([key, version]) => (version === CUT_OFF ? [key] : []));
  const isDue = (key: string) => due.some(({ name }) => key.startsWith(`${name}:`));
  const goesOn = cut.length > 0 && cut.every(isDue);
  const configured = dpkg(apt, job, ['--configure', '-a']);
  // Else apt does nothing at all; what needs one that was cut off cannot be configured before that is there.
  await (goesOn ? configured.catch(() => {}) : configured);
  if (goesOn) return { changed: true, note: `To be installed anew: ${cut.join(', ')}` };
  const rest = await auditOf(apt);
  if (rest !== '')
    throw permanent(
      'PackagesDiffer',
      `dpkg --audit says after "dpkg --configure -a": ${rest.slice(0, 500)}${cut.length > 0 ? `. Install anew what was cut off: apt-get install --reinstall ${cut.join(' ')}` : ''}`,
    );
  return { changed: true, note: `Ended what was half configured: ${firstLineOf(audit)}` };
}

/** Installs what was kept for this run, and nothing else. Inspects first: what is there already stays. Errors: `PackagesDiffer`, `CommandFailed`. */
export async function installPackages(
  apt: Apt,
  place: Place,
  stamp: Stamp,
  group: Group,
): Promise<{ changed: boolean; note: string }> {
  const changes = expectPlan(place, stamp)[group];
  if (changes.length === 0) return { changed: false, note: 'There are none' };
  const job = `${place.name}-${stamp}-${group}`;
  const { changed } = await mendPackages(apt, `${job}-mend`, changes);
  const versions = await installedVersions(apt);
  const note = countText(changes.length, 'package');
  if (areAt(versions, changes, 'to')) return { changed, note };
  for (const change of changes) {
    const now = versionOf(versions, change);
    if (now !== change.from && now !== change.to && now !== CUT_OFF)
      throw permanent(
        'PackagesDiffer',
        `"${change.name}" is ${now ?? 'not installed'} by now, and was to go from ${change.from ?? 'nothing'} to ${change.to}: somebody else has changed it. Start the run anew`,
      );
  }
  const due = changes.filter((change) => versionOf(versions, change) !== change.to);
  await withFiles(apt, place, stamp, { part: 'new', changes: due }, async (files) => {
    const words = [...apt.options, '--no-remove', '--yes', 'install', ...files];
    await expectOnly(apt, ['apt-get', ...words], due);
    const install = apt.onHost(['apt-get', ...WITHOUT_SOURCES, ...words]);
    expectDone(`"apt-get install" of ${note}`, await apart(job, install, QUIET, apt.timeout));
  });
  await expectAll(apt, changes, 'to');
  return { changed: true, note };
}

/** Brings back every version of before this run's update. What was not installed before goes. Errors: `PackagesDiffer`, `CommandFailed`. */
export async function restorePackages(
  apt: Apt,
  place: Place,
  stamp: Stamp,
): Promise<{ changed: boolean; lacking: readonly string[] }> {
  const plan = readPlan(place, stamp);
  await untilNoneRuns(apt.timeout);
  if (!plan) return { changed: false, lacking: [] };
  const all = [...plan.ordinary, ...plan.core];
  const old = join(keptDirectory(place, stamp), 'old');
  const hasOld = (change: PackageChange) =>
    change.from === undefined || existsSync(join(old, fileOf(oldOf(change))));
  const versions = await installedVersions(apt);
  const isNew = ({ from, to }: PackageChange, now?: string) => now === to && now !== from;
  const forGood = all.filter((change) => !hasOld(change));
  // What came for a package that stays new may be what it needs.
  const stays = forGood.some((change) => isNew(change, versionOf(versions, change)));
  const lost = (change: PackageChange) => !hasOld(change) || (stays && change.from === undefined);
  const lacking = all.filter(lost).map(changeText);
  const changes = all.filter((change) => !lost(change));
  if (areAt(versions, changes, 'from') && (await auditOf(apt)) === '')
    return { changed: false, lacking };
  const due = changes.filter((change) => versionOf(versions, change) !== change.from);
  const [back, gone] = [
    due.filter(({ from }) => from !== undefined),
    due.filter(({ from }) => from === undefined),
  ];
  const job = `${place.name}-${stamp}-restore`;
  // dpkg, and not apt: it needs no list, and no consent of a package that is half configured.
  if (back.length > 0)
    await withFiles(apt, place, stamp, { part: 'old', changes: back.map(oldOf) }, async (files) =>
      dpkg(apt, job, ['--install', ...files]),
    );
  if (gone.length > 0)
    await dpkg(apt, `${job}-new`, [
      '--force-remove-reinstreq',
      '--remove',
      ...gone.map(({ name }) => name),
    ]);
  await mendPackages(apt, `${job}-mend`);
  await expectAll(apt, changes, 'from');
  return { changed: true, lacking };
}

/** The very plan that was approved, once its packages are kept. */
function expectPlan(place: Place, stamp: Stamp): Plan {
  const plan = readPlan(place, stamp);
  if (plan) return plan;
  throw permanent('PackagesDiffer', `Nothing was kept for "${keptDirectory(place, stamp)}"`);
}

/** Refuses when apt would do more, or something else, than was approved. */
async function expectOnly(
  apt: Apt,
  install: readonly string[],
  due: readonly PackageChange[],
): Promise<void> {
  const [program, ...args] = install;
  const text = await apt.read([program!, '-oDebug::NoLocking=1', '--simulate', ...args]);
  const { changes, removed } = expectRead(text);
  const bare = (all: readonly PackageChange[]) => inOrder(all).map(changeText).join(', ');
  if (removed.length === 0 && bare(changes) === bare(due)) return;
  throw permanent(
    'PackagesDiffer',
    `apt-get would do something else than was approved: ${bare(changes).slice(0, 300)}${removed.length > 0 ? `, and remove ${removed.join(', ')}` : ''}`,
  );
}

async function expectAll(
  apt: Apt,
  changes: readonly PackageChange[],
  which: 'from' | 'to',
): Promise<void> {
  const [versions, audit] = [await installedVersions(apt), await auditOf(apt)];
  const wrong = changes.find((change) => versionOf(versions, change) !== change[which]);
  if (!wrong && audit === '') return;
  throw permanent(
    'PackagesDiffer',
    wrong
      ? `"${wrong.name}" is ${versionOf(versions, wrong) ?? 'not installed'}, and not ${wrong[which] ?? 'gone'}`
      : `Something is half configured: ${firstLineOf(audit)}`,
  );
}

interface Files {
  readonly part: 'old' | 'new';
  readonly changes: readonly PackageChange[];
}

/** The host reads packages where it can: our own directory may be none of its own. */
async function withFiles(
  { root }: Apt,
  place: Place,
  stamp: Stamp,
  { part, changes }: Files,
  work: (files: readonly string[]) => Promise<void>,
): Promise<void> {
  const inside = `/var/cache/durable-runbooks/${place.name}/${part}-${stamp}`;
  mkdirSync(join(root, inside), { recursive: true, mode: 0o755 });
  const files = changes.map(fileOf);
  for (const file of files)
    copyFileSync(join(keptDirectory(place, stamp), part, file), join(root, inside, file));
  await work(files.map((file) => `${inside}/${file}`));
  rmSync(join(root, inside), { recursive: true, force: true });
}

function firstLineOf(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter(Boolean).slice(0, 3).join(' ').slice(0, 300);
}
