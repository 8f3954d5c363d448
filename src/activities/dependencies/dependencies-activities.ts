import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { countText } from '../../config/text/count-text.ts';
import type { Target } from '../../config/schema/target.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import type { Stamp } from '../../config/time/stamp.ts';
import { acting } from '../../os/acting.ts';
import { permanent } from '../../os/failure.ts';
import { writeDurably } from '../../os/files/durable-files.ts';
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
    goBack: acting(async (from: Stamp, stamp: Stamp): Promise<{ readonly changed: boolean }> => {
      await writeList(lockFile(stamp));
      return bringBack(from);
    }),

    /** Brings back exactly what was installed before this run's update. */
    restore: acting(async (stamp: Stamp): Promise<{ readonly changed: boolean }> =>
      bringBack(stamp),
    ),
  };

  /** Once a run: the rollback point does not depend on how far an update came. */
  async function writeList(lock: string): Promise<void> {
    if (existsSync(lock)) return;
    mkdirSync(dirname(lock), { recursive: true });
    writeDurably(lock, `${await outputOf(expectPolicy().list)}\n`);
  }

  async function bringBack(stamp: Stamp): Promise<{ readonly changed: boolean }> {
    const lock = lockFile(stamp);
    if (!existsSync(lock)) return { changed: false };
    const { list, restore } = expectPolicy();
    const { owner } = asApplication(target, restore);
    await withCopyFor(owner, lock, (file) =>
      outputOf(restore.map((part) => part.replaceAll('{file}', file))),
    );
    const now = linesOf(await outputOf(list));
    const missing = [...linesOf(readFileSync(lock, 'utf8'))].filter((line) => !now.has(line));
    if (missing.length > 0)
      throw permanent(
        'DependenciesDiffer',
        `Cannot bring back ${countText(missing.length, 'dependency', 'dependencies')}, such as "${missing[0]}": see "${lock}"`,
      );
    return { changed: true };
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

function linesOf(text: string): Set<string> {
  return new Set(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
  );
}
