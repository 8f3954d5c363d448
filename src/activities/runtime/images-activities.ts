import type { ComposeRuntime } from '../../config/schema/runtime.ts';
import type { Target } from '../../config/schema/target.ts';
import { countText } from '../../config/text/count-text.ts';
import type { Stamp } from '../../config/time/stamp.ts';
import { acting } from '../../os/acting.ts';
import { permanent } from '../../os/failure.ts';
import { buildImage, type Built, type HowToBuild } from './compose/image/build-image.ts';
import { findRenewable } from './compose/image/built-service.ts';
import { goBackTo, isBackAt, type WentBack } from './compose/image/go-back.ts';
import {
  forgetKept,
  keptName,
  nameImage,
  pruneKept,
  readKept,
  writeKept,
} from './compose/image/kept-images.ts';
import { findServiceImage, newestFirst, noContainer } from './compose/image/service-image.ts';
import { writtenInside } from './compose/image/written-inside.ts';
import { remakeContainers } from './compose/make-containers.ts';
import { onProject } from './compose/project.ts';
import { findGoodImage, type FoundGood } from './known-good/good-image.ts';
import { goToGoodImage } from './known-good/go-to-good-image.ts';

interface Found {
  /** The image that it runs on, as Docker shows it: 12 digits. */
  readonly image: string;
  /** What Compose would make differently now, besides its image: a text each, never a value. */
  readonly changes: readonly string[];
  readonly note: string;
}

interface Kept {
  readonly changed: boolean;
  /** Ours, of the image that it runs on. */
  readonly name: string;
  readonly note: string;
}

/** So many changes fit in a ledger. */
const SHOWN = 20;

/** The image that Compose builds or pulls for the application, and what it was before. A process or a unit has none: `NotApplicable`. */
export function imageActivities(target: Target, run: string) {
  const { directory, runtime } = target;
  const what = runtime.kind === 'systemd' ? 'A unit of systemd' : 'A process';

  return {
    /** `pulled`: one that is made elsewhere may be fetched from there. */
    async find(pulled = false): Promise<Found> {
      const compose = expectCompose();
      const { containers, changes } = await findRenewable(target, compose, pulled);
      const [container] = containers;
      if (!container) throw noContainer(compose.service);
      const inside = await writtenInside(container);
      return {
        image: short(container.Image),
        changes: changes.slice(0, SHOWN),
        note: [
          changes.length === 0
            ? 'Its container is made as its configuration says'
            : `Compose would change this, too: ${changes.slice(0, SHOWN).join(', ')}`,
          ...(inside.count === 0
            ? []
            : [
                `${countText(inside.count, 'file lies', 'files lie')} in its container alone, and would go with it, such as "${inside.first}"`,
              ]),
        ].join('. '),
      };
    },

    /** Gives the image that it runs on a name of ours: then nobody removes it as unused. */
    keep: acting(async (stamp: Stamp): Promise<Kept> => {
      const compose = expectCompose();
      const name = keptName(target, stamp);
      const earlier = readKept(target, stamp);
      const kept = earlier ?? (await toKeep(compose));
      if (!earlier) writeKept(target, stamp, kept);
      await nameImage(kept.id, name);
      return { changed: !earlier, name, note: `${short(kept.id)} is "${name}", too` };
    }),

    /** The application runs on meanwhile, on what it was made of. Errors: `NoSpace`, and those of Docker. */
    build: acting(async (stamp: Stamp, how: HowToBuild): Promise<Built> =>
      buildImage(target, expectCompose(), { run, stamp, how }),
    ),

    /** Makes its containers anew of the image that was built, and of its configuration. They are left down. */
    replace: acting(async (): Promise<{ readonly changed: boolean; readonly note: string }> => {
      const compose = expectCompose();
      const { name, named, containers, changes } = await findServiceImage(target, compose);
      if (!named) throw permanent('ImageMissing', `Image "${name}" is gone`);
      const isNew = containers.length > 0 && containers.every(({ Image }) => Image === named.Id);
      if (isNew && changes.length === 0) return { changed: false, note: 'It is replaced already' };
      await remakeContainers(onProject(directory, compose), [compose.service]);
      return { changed: true, note: `Made anew of ${short(named.Id)}` };
    }),

    /** Whether its image, or its containers, are not those of before this run. */
    async differ(stamp: Stamp): Promise<{ readonly differ: boolean }> {
      const kept = runtime.kind === 'compose' ? readKept(target, stamp) : undefined;
      if (runtime.kind !== 'compose' || !kept) return { differ: false };
      return { differ: !(await isBackAt(kept, target, runtime)) };
    },

    /** Gives the image of before its name back, and makes the containers anew of it that are of another one. They are left down. */
    goBack: acting(async (stamp: Stamp): Promise<WentBack> => {
      const kept = runtime.kind === 'compose' ? readKept(target, stamp) : undefined;
      if (runtime.kind !== 'compose' || !kept) return { changed: false, remade: false };
      const back = await goBackTo(kept, target, runtime);
      await forgetKept(target, stamp);
      return back;
    }),

    /** The image that it was known to be good on, when it is of another one now. Changes nothing, and throws nothing. */
    async findKnownGood(): Promise<FoundGood> {
      if (runtime.kind !== 'compose') return { note: `${what} has no image` };
      return findGoodImage(target, runtime);
    },

    /** Makes its containers anew of that one, and leaves them down. The present image stays: `goBack` brings it back. Error: `ImageMissing`. */
    goToKnownGood: acting(
      async (stamp: Stamp): Promise<{ readonly changed: boolean; readonly note: string }> =>
        goToGoodImage(target, expectCompose(), stamp),
    ),

    /** Removes names of ours that are not needed any more. */
    prune: acting(
      async (stamp: Stamp): Promise<{ readonly changed: boolean; readonly note: string }> => {
        const compose = expectCompose();
        const [container] = await newestFirst(directory, compose);
        const gone = container ? await pruneKept(target, stamp, container.Image) : 0;
        return {
          changed: gone > 0,
          note: gone > 0 ? `${countText(gone, 'name')} given up` : 'None is old',
        };
      },
    ),
  };

  function expectCompose(): ComposeRuntime {
    if (runtime.kind === 'compose') return runtime;
    throw permanent(
      'NotApplicable',
      `"${target.name}" is ${what.replace('A', 'a')}, and has no image. Rebuild it as its people do, and restart it: restart-application`,
    );
  }

  async function toKeep(compose: ComposeRuntime) {
    const { name, containers } = await findServiceImage(target, compose);
    const [container] = containers;
    if (!container) throw noContainer(compose.service);
    return { name, id: container.Image };
  }
}

/** As Docker shows it. */
function short(id: string): string {
  return id.replace('sha256:', '').slice(0, 12);
}
