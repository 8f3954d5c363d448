import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { countText } from '../../config/text/count-text.ts';
import type { Target } from '../../config/schema/target.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import type { Stamp } from '../../config/time/stamp.ts';
import { acting } from '../../os/acting.ts';
import { permanent } from '../../os/failure.ts';
import { writeDurably } from '../../os/files/durable-files.ts';
import { readHeld } from '../../os/files/held/read-held.ts';
import { asApplication } from '../../os/owner/as-application.ts';
import { withCopyFor } from '../../os/owner/with-copy-for.ts';
import { run as runCommand } from '../../os/process/command.ts';
import { type Evidence, keepEvidence } from '../../state/evidence.ts';

export interface DependencyUpdate {
  readonly changed: boolean;
  /** Lines of the lock list that came, and that went. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly note: string;
  readonly evidence: readonly Evidence[];
}

interface BroughtBack {
  readonly changed: boolean;
  /** What is still there that was not before, for people: an undo tells it as what it has left. */
  readonly leave?: string;
}

/** So many changes fit in a ledger. The lists lie beside the run. */
const SHOWN = 50;

/** What the application is built on, by the target's own commands: list, update, restore. */
export function dependencyActivities(target: Target, run: string) {
  const policy = target.maintenance?.dependencies;

  return {
    /** What is installed is written down first, once a run: the rollback point does not depend on how far an update came. */
    update: acting(async (stamp: Stamp): Promise<DependencyUpdate> => {
      const { list, update } = expectPolicy();
      const lock = lockFile(stamp);
      await writeList(lock);
      await outputOf(update);
      const before = readFileSync(lock, 'utf8');
      const after = await outputOf(list);
      const [old, now] = [linesOf(before), linesOf(after)];
      const added = [...now].filter((line) => !old.has(line));
      const removed = [...old].filter((line) => !now.has(line));
      return {
        changed: added.length + removed.length > 0,
        added: added.slice(0, SHOWN),
        removed: removed.slice(0, SHOWN),
        note:
          added.length + removed.length > 0
            ? `${added.length} came, ${removed.length} went`
            : 'All were up to date',
        evidence: [
          keepEvidence(target, run, 'dependencies-before.txt', before),
          keepEvidence(target, run, 'dependencies-after.txt', after),
        ],
      };
    }),

    /** Whether what is installed is not what was before this run's update, as far as anybody can tell. */
    async differ(stamp: Stamp): Promise<{ readonly differ: boolean }> {
      const lock = lockFile(stamp);
      if (!policy || !existsSync(lock)) return { differ: false };
      try {
        const now = linesOf(await outputOf(policy.list));
        const before = linesOf(readFileSync(lock, 'utf8'));
        if (!isLockBack(lock)) return { differ: true };
        return { differ: now.size !== before.size || [...before].some((line) => !now.has(line)) };
      } catch {
        // An update that was cut short may leave nothing that could list it.
        return { differ: true };
      }
    },

    /** Why what was installed before that run's update cannot come back, as a sentence, if so. */
    async findBefore(from: Stamp): Promise<{ readonly gone?: string }> {
      if (!policy) return { gone: `"${target.name}" has no "maintenance.dependencies" any more` };
      const lock = lockFile(from);
      return existsSync(lock) ? {} : { gone: `"${lock}" is not there any more` };
    },

    /** Brings back what was installed before the update of the run of stamp `from`. `restore` of `stamp` takes that back. */
    goBack: acting(async (from: Stamp, stamp: Stamp): Promise<BroughtBack> => {
      await writeList(lockFile(stamp));
      return bringBack(from);
    }),

    /** Brings back exactly what was installed before this run's update. */
    restore: acting(async (stamp: Stamp): Promise<BroughtBack> => bringBack(stamp)),
  };

  /** Once a run: the rollback point does not depend on how far an update came. */
  async function writeList(lock: string): Promise<void> {
    if (existsSync(lock)) return;
    mkdirSync(dirname(lock), { recursive: true });
    // Before the list: where that is, both are.
    const bytes = readOwnLock();
    if (bytes) writeDurably(keptLock(lock), bytes.toString('utf8'));
    writeDurably(lock, `${await outputOf(expectPolicy().list)}\n`);
  }

  async function bringBack(stamp: Stamp): Promise<BroughtBack> {
    const lock = lockFile(stamp);
    if (!existsSync(lock)) return { changed: false };
    const { list, restore } = expectPolicy();
    const { owner } = asApplication(target, restore);
    await putLockBack(lock);
    await withCopyFor(owner, lock, (file) =>
      outputOf(restore.map((part) => part.replaceAll('{file}', file))),
    );
    const now = linesOf(await outputOf(list));
    const before = linesOf(readFileSync(lock, 'utf8'));
    const missing = [...before].filter((line) => !now.has(line));
    if (missing.length > 0)
      throw permanent(
        'DependenciesDiffer',
        `Cannot bring back ${countText(missing.length, 'dependency', 'dependencies')}, such as "${missing[0]}": see "${lock}"`,
      );
    // pip installs what it is told, and removes nothing of what came besides.
    const more = [...now].filter((line) => !before.has(line));
    if (more.length === 0) return { changed: true };
    const names = more.slice(0, SHOWN).join(', ').slice(0, 500);
    return {
      changed: true,
      leave: `The update has left ${countText(more.length, 'dependency', 'dependencies')} installed beside those of before: ${names}. Remove by hand what is not wanted`,
    };
  }

  /** The application's own lock file, by its bytes. Undefined: the target names none. Errors: `FilesMissing`, `LinkRefused`. */
  function readOwnLock(): Buffer | undefined {
    if (policy?.lock === undefined) return undefined;
    const bytes = readHeld(join(target.directory, policy.lock));
    if (bytes) return bytes;
    throw permanent(
      'FilesMissing',
      `"${policy.lock}", which "maintenance.dependencies.lock" names, is not there: without it there is no way back`,
    );
  }

  /** As the application, so that it is the application's own, and goes nowhere else. */
  async function putLockBack(list: string): Promise<void> {
    const kept = keptLock(list);
    if (policy?.lock === undefined || !existsSync(kept)) return;
    const words = ['sh', '-c', 'cp "$1" "$2.part" && mv "$2.part" "$2"', 'sh'];
    const { owner } = asApplication(target, words);
    await withCopyFor(owner, kept, (file) => outputOf([...words, file, policy.lock!]));
  }

  function isLockBack(list: string): boolean {
    const kept = keptLock(list);
    if (policy?.lock === undefined || !existsSync(kept)) return true;
    return readHeld(join(target.directory, policy.lock))?.equals(readFileSync(kept)) ?? false;
  }

  function lockFile(stamp: Stamp): string {
    return join(target.state, 'dependencies', `${stamp}.txt`);
  }

  function expectPolicy(): NonNullable<typeof policy> {
    if (policy) return policy;
    throw permanent('InvalidInput', `"${target.name}" has no "maintenance.dependencies"`);
  }

  /** With the rights of the application's owner: what is installed chooses what runs. */
  async function outputOf(words: readonly string[]): Promise<string> {
    const timeout = inMilliseconds(policy!.timeout);
    const { command, ids, environment } = asApplication(target, words);
    const [file, ...args] = command;
    const options = { timeout, cwd: target.directory, environment, ids };
    const { stdout } = await runCommand(file, args, options);
    return stdout;
  }
}

/** Beside the list of what was installed. */
function keptLock(list: string): string {
  return list.replace(/\.txt$/, '.lock');
}

function linesOf(text: string): Set<string> {
  return new Set(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
  );
}
