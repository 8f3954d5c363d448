import type { StepSystems } from '../../activities/index.ts';
import { countText } from '../../config/text/count-text.ts';
import type { CleanUpName } from '../../engine/run/after-termination.ts';
import type { Unfinished } from '../../state/claim-database.ts';

type Systems = Pick<
  StepSystems,
  | 'alerts'
  | 'backups'
  | 'database'
  | 'dependencies'
  | 'drill'
  | 'files'
  | 'http'
  | 'images'
  | 'limits'
  | 'migration'
  | 'replicas'
  | 'runtime'
  | 'secrets'
>;

export interface CleanedUp {
  readonly changed: boolean;
  /** What was put right, and what stays where: sentences. */
  readonly notes: readonly string[];
}

type CleanUp = (systems: Systems, unfinished: Unfinished) => Promise<CleanedUp>;

/** Each finds by the stamp what there is of a run, and changes nothing where there is nothing. */
const aside = {
  /** Before all else: until it is known which database the application works on, none is touched. */
  async migration({ migration, runtime, http }, { stamp }) {
    const { migrated } = await migration.find(stamp);
    if (!migrated) return { changed: false, notes: [] };
    const back = await whileDown({ runtime, http }, () => migration.goBack('stay', stamp));
    return { changed: back.changed, notes: [back.note] };
  },

  async files({ files }, { stamp }) {
    const { changed, files: back, stayed, first, undone, placed } = await files.cleanUp(stamp);
    return {
      changed,
      notes: [
        ...(back > 0
          ? [`${countText(back, 'file from before is', 'files from before are')} back`]
          : []),
        ...(stayed > 0 ? [`What was missing before stays (${stayed}, such as "${first}")`] : []),
        ...(undone === undefined ? [] : [`What was written to restored files is in "${undone}"`]),
        ...(placed === undefined ? [] : [`Its files stay; those from before are in "${placed}"`]),
      ],
    };
  },

  async database({ database }, { stamp }) {
    const { changed, kept } = await database.cleanUp(stamp);
    const stays = `Its database stays; the one from before is "${kept}"`;
    return { changed, notes: kept === undefined ? [] : [stays] };
  },

  /** What the application runs on must not change under it. */
  async dependencies({ dependencies, runtime, http }, { stamp }) {
    const { differ } = await dependencies.differ(stamp);
    if (!differ) return { changed: false, notes: [] };
    await whileDown({ runtime, http }, () => dependencies.restore(stamp));
    return { changed: true, notes: ['The dependencies from before are back'] };
  },

  /** The image of before has its name again, and what runs is made of it. */
  async images({ images, runtime, http }, { stamp }) {
    const { differ } = await images.differ(stamp);
    if (!differ) return { changed: false, notes: [] };
    await whileDown({ runtime, http }, () => images.goBack(stamp));
    return { changed: true, notes: ['The image from before is back'] };
  },

  /** One that was proven stays; else the old one comes back, and what runs is started on it. */
  async secrets({ secrets, runtime, http }, { stamp }) {
    const { left } = await secrets.differ(stamp);
    if (left === 'nothing') return { changed: false, notes: [] };
    if (left === 'proven') {
      await secrets.complete(stamp);
      return { changed: true, notes: ['Its new secret stays: it was proven'] };
    }
    await whileDown({ runtime, http }, async () => {
      await secrets.putBack(stamp);
      await secrets.forget(stamp);
    });
    return { changed: true, notes: ['The secret from before is back'] };
  },

  async limits({ limits }, { stamp }) {
    const { changed, stays } = await limits.goBack(stamp);
    return {
      changed,
      notes: [
        ...(changed ? ['The limits from before are back'] : []),
        ...(stays === undefined ? [] : [stays]),
      ],
    };
  },

  async replicas({ replicas }, { stamp }) {
    const { changed, stays } = await replicas.goBack(stamp);
    return {
      changed,
      notes: [
        ...(changed ? ['There are as many replicas as before'] : []),
        ...(stays === undefined ? [] : [stays]),
      ],
    };
  },
} satisfies Partial<Record<CleanUpName, CleanUp>>;

const inTheMaking = {
  async backups({ backups }, { run, stamp }) {
    const { changed, sealed, copy } = await backups.discard(stamp, run);
    const notes = [
      ...(changed ? ['Its unfinished copies are removed'] : []),
      ...(sealed || copy !== undefined ? [`Backup "${stamp}" is whole, and stays`] : []),
    ];
    return { changed, notes };
  },

  async deletions({ backups }) {
    const { changed } = await backups.finishPrune([]);
    return { changed, notes: changed ? ['Deletions that had begun are ended'] : [] };
  },

  async drill({ drill }, { stamp }) {
    const { changed } = await drill.clean(stamp);
    return { changed, notes: changed ? ['Its drill is ended'] : [] };
  },

  async alerts({ alerts }, { run }) {
    await alerts.lift(run);
    // Whether it had held any back is known to Temporal only.
    return { changed: false, notes: [] };
  },
} satisfies Partial<Record<CleanUpName, CleanUp>>;

/** What `afterTermination` names. One that is missing does not compile. */
({ ...aside, ...inTheMaking }) satisfies Readonly<Record<CleanUpName, CleanUp>>;

/** Gives the target its own files, database and dependencies back, where a terminated run had put them aside. */
export function bringBack(systems: Systems, unfinished: Unfinished): Promise<CleanedUp> {
  return inOrder(Object.values(aside), systems, unfinished);
}

/** Removes what a terminated run was making, ends what it was deleting, and lets alerts through that it held back. */
export function removeIncomplete(systems: Systems, unfinished: Unfinished): Promise<CleanedUp> {
  return inOrder(Object.values(inTheMaking), systems, unfinished);
}

/** Cleans up after terminated runs, whatever they were and whoever had started them. */
export async function cleanUp(systems: Systems, unfinished: readonly Unfinished[]): Promise<void> {
  for (const one of unfinished) {
    await bringBack(systems, one);
    await removeIncomplete(systems, one);
  }
}

async function inOrder(
  cleanUps: readonly CleanUp[],
  systems: Systems,
  unfinished: Unfinished,
): Promise<CleanedUp> {
  const all: CleanedUp[] = [];
  for (const one of cleanUps) all.push(await one(systems, unfinished));
  return {
    changed: all.some(({ changed }) => changed),
    notes: all.flatMap(({ notes }) => notes),
  };
}

/** What the application runs on is changed while it does not run. It comes back as it was: down, up, or up and ready. */
async function whileDown<Result>(
  { runtime, http }: Pick<Systems, 'runtime' | 'http'>,
  work: () => Promise<Result>,
): Promise<Result> {
  const { running } = await runtime.describe();
  const ready = running && (await http.isReady());
  if (running) await runtime.stop();
  const result = await work();
  if (running) await runtime.start();
  if (ready) await http.expectReady();
  return result;
}
