import { readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { environment } from '../environment.ts';
import { nearest } from '../nearest.ts';
import { Target } from '../schema/target.ts';
import { UsageError } from '../usage-error.ts';
import { withAbsolutePaths } from './absolute-paths.ts';
import { defaultState } from './default-state.ts';
import { explain } from './explain.ts';
import { type Layers, readLayers } from './layers.ts';
import { shownPath } from './target-file.ts';

/** What each target's file is called. Error: `UsageError` when there is no such directory. */
export function targetNames(directory = defaultDirectory()): string[] {
  return namesIn(directory);
}

export interface ReadTargets {
  /** By name. */
  readonly targets: readonly Target[];
  /** Sentences for people: why other files are not among them. */
  readonly faults: readonly string[];
}

/** The targets of a directory that can be read: a faulty file hides no other. Error: `UsageError` when there is no such directory. */
export function readTargets(directory = defaultDirectory()): ReadTargets {
  const read = namesIn(directory).map((name) => readTarget(fileOf(name, directory)));
  return {
    targets: read.flatMap(({ target }) => target ?? []),
    faults: [...new Set(read.flatMap((one) => one.faults)), ...misnamed(directory)],
  };
}

/** Every target of a directory, by name. Throws with the faults of all files when one of them has any. */
export function loadTargets(directory = defaultDirectory()): readonly Target[] {
  const { targets, faults } = readTargets(directory);
  if (faults.length > 0) throw faulty(faults);
  return targets;
}

/** One target. Throws with all faults of its file, or with the names there are. */
export function loadTarget(name: string, directory = defaultDirectory()): Target {
  const names = namesIn(directory);
  if (!names.includes(name)) throw unknownTarget(name, names, directory);
  const { target, faults } = readTarget(fileOf(name, directory));
  if (!target) throw faulty(faults);
  return target;
}

/** Where the file of a target lies, whether or not it is there. */
export function targetFile(name: string): string {
  return resolve(fileOf(name, defaultDirectory()));
}

export interface ReadTarget {
  /** Missing when there are faults. */
  readonly target?: Target;
  /** Sentences for people, each with its file and line. */
  readonly faults: readonly string[];
}

/** Reads one file and those it extends. One that cannot be read at all is faulty like any other. */
export function readTarget(file: string): ReadTarget {
  let read: Layers;
  try {
    read = readLayers(resolve(file));
  } catch (error) {
    return { faults: [`Cannot read "${shownPath(resolve(file))}": ${(error as Error).message}`] };
  }
  const { layers, data, faults } = read;
  if (faults.length > 0) return { faults };
  const parsed = Target.safeParse(data);
  if (!parsed.success) {
    const faults = explain(parsed.error.issues, data).map(({ path, say }) => {
      const place = (layers.find((one) => one.has(path)) ?? layers[0]!).place(path);
      return { place, sentence: say(place) };
    });
    const byLine = faults.toSorted((a, b) =>
      a.place.localeCompare(b.place, 'en', { numeric: true }),
    );
    return { faults: byLine.map(({ sentence }) => sentence) };
  }
  const target = parsed.data;
  const expected = basename(file, '.yaml');
  if (target.name !== expected) {
    const place = layers[0]!.place(['name']);
    return {
      faults: [
        `Cannot read "name" in ${place}: Expected "${expected}", as the file, found "${target.name}"`,
      ],
    };
  }
  const absolute = withAbsolutePaths(target, dirname(resolve(file)));
  const isNamed = layers.some((one) => one.has(['state']));
  const state = isNamed ? absolute.state : defaultState(target.name, absolute.directory);
  return { target: { ...absolute, state }, faults: [] };
}

function defaultDirectory(): string {
  return environment().targets;
}

function fileOf(name: string, directory: string): string {
  return join(directory, `${name}.yaml`);
}

function namesIn(directory: string): string[] {
  try {
    return withEnding('.yaml', directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const what = code === 'ENOENT' ? 'Cannot find' : `Cannot read (${code})`;
    throw new UsageError(
      `${what} the directory of targets "${shownPath(resolve(directory))}"`,
      'set RUNBOOK_TARGETS, or go where "targets" lies',
    );
  }
}

function withEnding(ending: string, directory: string): string[] {
  const files = readdirSync(directory).filter((file) => file.endsWith(ending));
  return files.map((file) => basename(file, ending)).toSorted();
}

/** One ending, so that a target has one file. */
function misnamed(directory: string): string[] {
  const place = shownPath(resolve(directory));
  return withEnding('.yml', directory).map((name) => {
    const { message, hint } = wrongEnding(join(place, name));
    return `${message}: ${hint}`;
  });
}

function wrongEnding(place: string): UsageError {
  return new UsageError(
    `Cannot take "${place}.yml" for a target: its name must end in .yaml`,
    `mv ${place}.yml ${place}.yaml`,
  );
}

function unknownTarget(name: string, names: readonly string[], directory: string): UsageError {
  if (withEnding('.yml', directory).includes(name))
    return wrongEnding(join(shownPath(resolve(directory)), name));
  const meant = nearest(name, names);
  const question = meant ? `: did you mean "${meant}"?` : '';
  return new UsageError(
    `Cannot find target "${name}" in "${shownPath(resolve(directory))}"${question}`,
    names.length > 0
      ? 'runbook target list'
      : `write ${fileOf(name, shownPath(resolve(directory)))}`,
  );
}

function faulty(faults: readonly string[]): UsageError {
  return new UsageError(faults.join('\n'), 'runbook target check <file>');
}
