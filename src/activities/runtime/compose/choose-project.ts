import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { composeFiles, environmentValue } from '../../../config/load/compose-files.ts';
import type { ComposeRuntime } from '../../../config/schema/runtime.ts';
import { permanent } from '../../../os/failure.ts';

/** A container as its labels describe it. */
export interface Row {
  readonly id: string;
  readonly project: string;
  readonly service: string;
  /** Where its project lies, when Compose has noted it. */
  readonly workingDirectory: string | undefined;
  readonly oneOff: string | undefined;
}

interface Chosen {
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
}

/**
 * Which containers are the target's. A name that the target gives decides alone. Else the name is what Compose would take, as
 * far as that can be read, and the directory must not be another one: two projects may share a name. Where nothing has that
 * name, because a file that gave another one is gone or spoilt, the directory decides.
 *
 * Error: `ProjectUnclear`, when the directory has several projects, and none has the name.
 */
export function chooseProject(
  rows: readonly Row[],
  directory: string,
  runtime: ComposeRuntime,
): Chosen {
  if (runtime.project !== undefined)
    return { rows: rows.filter(({ project }) => project === runtime.project), notes: [] };
  const names = namesOf(directory, runtime);
  const places = placesOf(directory, runtime);
  const named = rows.filter(({ project }) => names.has(project));
  const strangers = named.filter((row) => isElsewhere(row, places));
  const ours = named.filter((row) => !strangers.includes(row));
  const notes = notesOn(strangers, directory);
  if (ours.length > 0) return { rows: ours, notes };

  const here = rows.filter((row) => isHere(row, places));
  const projects = [...new Set(here.map(({ project }) => project))];
  if (projects.length > 1)
    throw permanent(
      'ProjectUnclear',
      `Compose projects ${projects.map((name) => `"${name}"`).join(' and ')} belong to "${directory}": say which is meant, as "runtime.project"`,
    );
  return { rows: here, notes };
}

/** What Compose may call the project: 1.29 keeps "-" and "_" at the start of a name, 2 does not. */
function namesOf(directory: string, runtime: ComposeRuntime): Set<string> {
  const given = environmentValue(directory, runtime, 'COMPOSE_PROJECT_NAME');
  const chosen = given || nameInFile(directory, runtime);
  const names = chosen ? [chosen] : placesOf(directory, runtime).map((place) => basename(place));
  return new Set(
    names.flatMap((name) => {
      const small = name.toLowerCase().replaceAll(/[^a-z0-9_-]/g, '');
      return [small || 'default', small.replace(/^[_-]+/, '')];
    }),
  );
}

/** `name:` of the last file that has one. What cannot be read says nothing. */
function nameInFile(directory: string, runtime: ComposeRuntime): string | undefined {
  return composeFiles(directory, runtime)
    .all.map((file) => {
      try {
        const { name } = parse(readFileSync(file, 'utf8')) as { name?: unknown };
        // One with a variable in it is for Compose to resolve: the directory says which project it is.
        return typeof name === 'string' && !name.includes('$') ? name : undefined;
      } catch {
        return undefined;
      }
    })
    .findLast(Boolean);
}

/** Compose notes the directory of the first file, links resolved or not. */
function placesOf(directory: string, runtime: ComposeRuntime): string[] {
  const [first] = composeFiles(directory, runtime).all;
  const places = [directory, ...(first === undefined ? [] : [dirname(first)])];
  return [...new Set(places.flatMap((place) => [resolve(place), realPathOf(place)]))];
}

function isHere({ workingDirectory }: Row, places: readonly string[]): boolean {
  if (!workingDirectory) return false;
  return [resolve(workingDirectory), realPathOf(workingDirectory)].some((one) =>
    places.includes(one),
  );
}

/** One that is not known on this host may be ours under another path: then the name decides. */
function isElsewhere(row: Row, places: readonly string[]): boolean {
  const { workingDirectory } = row;
  return Boolean(workingDirectory) && !isHere(row, places) && existsSync(workingDirectory!);
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

function notesOn(strangers: readonly Row[], directory: string): string[] {
  const places = [...new Set(strangers.map(({ workingDirectory }) => workingDirectory!))];
  return places.map(
    (place) =>
      `Project "${strangers[0]!.project}" also runs from "${place}", and is not that of "${directory}": if it is meant, name it as "runtime.project"`,
  );
}
