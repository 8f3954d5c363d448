import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { countText } from '../../../config/text/count-text.ts';
import type { Target } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { permanent } from '../../../os/failure.ts';
import { apart, expectDone, untilNoneRuns } from '../apart/apart.ts';
import { type Apt, KEEP_CONFIGURATION, QUIET } from './apt.ts';
import { areAt, auditOf, installedVersions, keyOf } from './dpkg-state.ts';
import { expectRead } from './find-packages.ts';
import { fileOf } from './keep-packages.ts';
import { type Group, keptDirectory, type Plan, readPlan } from './plan.ts';
import { changeText, inOrder, type PackageChange } from './simulated.ts';

type Place = Pick<Target, 'name'>;

/** Puts right what an interrupted call has left half configured, of whomever. Waits first for one of ours that is under way. */
export async function mendPackages(
  apt: Apt,
  job: string,
): Promise<{ changed: boolean; note: string }> {
  await untilNoneRuns();
  const audit = await auditOf(apt);
  if (audit === '') return { changed: false, note: 'Nothing is half configured' };
  const command = ['dpkg', ...KEEP_CONFIGURATION, '--configure', '-a'];
  expectDone(`"${command.join(' ')}"`, await apart(job, apt.onHost(command), QUIET));
  const rest = await auditOf(apt);
  if (rest !== '')
    throw permanent(
      'PackagesDiffer',
      `dpkg --audit says after "dpkg --configure -a": ${rest.slice(0, 500)}`,
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
  const { changed } = await mendPackages(apt, `${job}-mend`);
  const versions = await installedVersions(apt);
  const note = countText(changes.length, 'package');
  if (areAt(versions, changes, 'to')) return { changed, note };
  for (const change of changes) {
    const now = versions.get(keyOf(change));
    if (now !== change.from && now !== change.to)
      throw permanent(
        'PackagesDiffer',
        `"${change.name}" is ${now ?? 'not installed'} by now, and was to go from ${change.from ?? 'nothing'} to ${change.to}: somebody else has changed it. Start the run anew`,
      );
  }
  const due = changes.filter((change) => versions.get(keyOf(change)) !== change.to);
  await withFiles(apt, place, stamp, { part: 'new', changes: due, which: 'to' }, async (files) => {
    const install = ['apt-get', ...apt.options, '--no-remove', '--yes', 'install', ...files];
    await expectOnly(apt, install, due);
    expectDone(`"apt-get install" of ${note}`, await apart(job, apt.onHost(install), QUIET));
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
  await untilNoneRuns();
  if (!plan) return { changed: false, lacking: [] };
  const all = [...plan.ordinary, ...plan.core];
  const old = join(keptDirectory(place, stamp), 'old');
  const hasOld = (change: PackageChange) =>
    change.from === undefined ||
    existsSync(join(old, fileOf({ ...change, to: change.from }, 'to')));
  const lacking = all.filter((change) => !hasOld(change)).map(changeText);
  const changes = all.filter(hasOld);
  const versions = await installedVersions(apt);
  if (areAt(versions, changes, 'from') && (await auditOf(apt)) === '')
    return { changed: false, lacking };
  const due = changes.filter((change) => versions.get(keyOf(change)) !== change.from);
  const [back, gone] = [
    due.filter(({ from }) => from !== undefined),
    due.filter(({ from }) => from === undefined),
  ];
  const job = `${place.name}-${stamp}-restore`;
  // dpkg, and not apt: it needs no list, and no consent of a package that is half configured.
  if (back.length > 0) {
    const kept = back.map((change) => ({ ...change, to: change.from! }));
    await withFiles(
      apt,
      place,
      stamp,
      { part: 'old', changes: kept, which: 'to' },
      async (files) => {
        const install = ['dpkg', ...KEEP_CONFIGURATION, '--install', ...files];
        expectDone(
          '"dpkg --install" of the old packages',
          await apart(job, apt.onHost(install), QUIET),
        );
      },
    );
  }
  if (gone.length > 0) {
    const remove = ['dpkg', '--remove', ...gone.map(({ name }) => name)];
    expectDone('"dpkg --remove"', await apart(`${job}-new`, apt.onHost(remove), QUIET));
  }
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
  const wrong = changes.find((change) => versions.get(keyOf(change)) !== change[which]);
  if (!wrong && audit === '') return;
  throw permanent(
    'PackagesDiffer',
    wrong
      ? `"${wrong.name}" is ${versions.get(keyOf(wrong)) ?? 'not installed'}, and not ${wrong[which] ?? 'gone'}`
      : `Something is half configured: ${firstLineOf(audit)}`,
  );
}

interface Files {
  readonly part: 'old' | 'new';
  readonly changes: readonly PackageChange[];
  readonly which: 'to';
}

/** The host reads packages where it can: our own directory may be none of its own. */
async function withFiles(
  { root }: Apt,
  place: Place,
  stamp: Stamp,
  { part, changes, which }: Files,
  work: (files: readonly string[]) => Promise<void>,
): Promise<void> {
  const inside = `/var/cache/durable-runbooks/${place.name}/${part}-${stamp}`;
  mkdirSync(join(root, inside), { recursive: true, mode: 0o755 });
  const files = changes.map((change) => fileOf(change, which));
  for (const file of files)
    copyFileSync(join(keptDirectory(place, stamp), part, file), join(root, inside, file));
  await work(files.map((file) => `${inside}/${file}`));
  rmSync(join(root, inside), { recursive: true, force: true });
}

function firstLineOf(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter(Boolean).slice(0, 3).join(' ').slice(0, 300);
}
