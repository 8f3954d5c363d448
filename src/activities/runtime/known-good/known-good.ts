import type { Target } from '../../../config/schema/target.ts';
import { countText } from '../../../config/text/count-text.ts';
import { addKnownGood, type KnownGood, readKnownGood } from './known-good-records.ts';
import { changesOf } from '../compose/compare/changes.ts';
import { inspectContainers, inspectImage } from '../compose/compare/inspected.ts';
import { nameImage } from '../compose/image/kept-images.ts';
import { onProject } from '../compose/project.ts';
import { containersOf } from '../compose/service-containers.ts';
import { readUnit } from '../systemd/unit.ts';
import { hashesOfConfiguration } from './configuration-files.ts';

/** Writes down what the application, which was started and proven, runs on. Answers it as text. */
export async function noteKnownGood(target: Target, run: string): Promise<string> {
  const { image, asConfigured } = await runningOn(target);
  // Else nothing but its container would keep it, and `docker image prune` takes what was replaced.
  if (image) await nameImage(image.id, goodName(target));
  const files = asConfigured ? hashesOfConfiguration(target) : undefined;
  addKnownGood(target, {
    at: new Date().toISOString(),
    run,
    ...(image && { image }),
    ...(files && { files }),
  });
  const names = files ? Object.keys(files).length : undefined;
  return [
    ...(image ? [`image ${short(image.id)} of "${image.name}"`] : []),
    names === undefined
      ? 'not its files: they were changed since it was made of them'
      : `${countText(names, 'file')} of configuration`,
  ].join(', ');
}

/** What is another one than at the last start that was proven: sentences. None when nothing is, or no such start is on record. */
export async function changedSinceKnownGood(target: Target): Promise<string[]> {
  const records = readKnownGood(target);
  const last = records.at(-1);
  if (!last) return [];
  const withFiles = records.findLast(({ files }) => files !== undefined);
  return [...(await imageChanges(target, last)), ...fileChanges(target, withFiles)];
}

interface RunningOn {
  readonly image?: { readonly name: string; readonly id: string };
  /** Whether what lies in its files is what it was made of. */
  readonly asConfigured: boolean;
}

async function runningOn({ directory, runtime }: Target): Promise<RunningOn> {
  if (runtime.kind === 'process') return { asConfigured: true };
  if (runtime.kind === 'systemd') return { asConfigured: !(await readUnit(runtime.unit)).isStale };
  const { containers } = await containersOf(directory, runtime, runtime.service);
  const made = await inspectContainers(containers.map(({ Id }) => Id));
  const [first] = made;
  if (!first) return { asConfigured: true };
  const { changes, unreadable } = await changesOf(onProject(directory, runtime), made);
  return {
    image: { name: first.Config.Image, id: first.Image },
    asConfigured: changes.length === 0 && unreadable === undefined,
  };
}

/** Of the container that is there, or of the one that would be made. */
async function imageChanges(target: Target, { image, at }: KnownGood): Promise<string[]> {
  if (!image || target.runtime.kind !== 'compose') return [];
  const now = await runningOn(target);
  const id = now.image?.id ?? (await inspectImage(image.name))?.Id;
  if (id === image.id) return [];
  const is = id === undefined ? 'is gone' : `is ${short(id)} now`;
  return [
    `Image "${image.name}" was ${short(image.id)} when it was known to be good (${at}), and ${is}`,
  ];
}

function fileChanges(target: Target, good: KnownGood | undefined): string[] {
  if (!good?.files) return [];
  const { files, at } = good;
  const now = hashesOfConfiguration(target);
  const names = [...new Set([...Object.keys(files), ...Object.keys(now)])];
  return names
    .filter((name) => files[name] !== now[name])
    .map((name) => {
      const how =
        files[name] === undefined ? 'is new' : now[name] === undefined ? 'is gone' : 'was changed';
      return `"${name}" ${how} since it was known to be good (${at})`;
    });
}

/** A name of ours, of the last one only. It is none of those of which a run keeps some and gives up the others. */
function goodName({ name }: Pick<Target, 'name'>): string {
  return `durable-runbooks-known-good/${name.toLowerCase()}:latest`;
}

/** As Docker shows it. */
function short(id: string): string {
  return id.replace('sha256:', '').slice(0, 12);
}
