import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { ComposeRuntime } from '../schema/runtime.ts';

/** The names that Compose looks for; 1.29 and 2 prefer another one where there are several. */
const NAMES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];

export interface ComposeFiles {
  /** Those that Compose is given by name, absolute. None: it finds them by itself, and their override. */
  readonly named: readonly string[];
  /** All that count as far as it is known without Compose, absolute: override files and those of `COMPOSE_FILE`, too. */
  readonly all: readonly string[];
  /** Default files that lie side by side: which Compose takes depends on its version. */
  readonly rivals: readonly string[];
  /** The override that Compose finds beside a default file by itself, there or not yet. Missing: it looks for none. */
  readonly override?: string;
}

type Runtime = Pick<ComposeRuntime, 'file' | 'envFile'>;

/**
 * Which files make the project, as if Compose's command line were typed in the target's directory. A file that is given with
 * `-f` makes Compose forget its override, so a default one is not given.
 */
export function composeFiles(directory: string, runtime: Runtime): ComposeFiles {
  const listed = [runtime.file ?? []].flat().map((file) => resolve(directory, file));
  const [only] = listed;
  const isDefault =
    only === undefined ||
    (listed.length === 1 && dirname(only) === resolve(directory) && NAMES.includes(basename(only)));
  if (!isDefault) return { named: listed, all: listed, rivals: [] };
  const chosen = chosenByEnvironment(directory, runtime);
  if (chosen.length > 0) return { named: [], all: chosen, rivals: [] };

  const found = NAMES.map((name) => join(directory, name)).filter((file) => existsSync(file));
  const main = only ?? found[0] ?? join(directory, 'docker-compose.yml');
  const overrides = overridesOf(main);
  const all = [main, ...overrides];
  const override = overrides.at(-1) ?? `${stemOf(main)}.override.yml`;
  if (found.length < 2) return { named: [], all, rivals: [], override };
  return { named: only === undefined ? [] : all, all, rivals: found, override };
}

/** What Compose reads instead of `.env`, or that one, absolute. */
export function environmentFiles(directory: string, { envFile }: Runtime): string[] {
  return [envFile ?? '.env'].flat().map((file) => resolve(directory, file));
}

/** Profiles that are on: those of the target, else `COMPOSE_PROFILES`, as Compose does. */
export function activeProfiles(
  directory: string,
  runtime: Pick<ComposeRuntime, 'envFile' | 'profiles'>,
): readonly string[] {
  if (runtime.profiles.length > 0) return runtime.profiles;
  const value = environmentValue(directory, runtime, 'COMPOSE_PROFILES');
  return value
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}

/** Of the same name: `docker-compose.override.yml`. */
function overridesOf(main: string): string[] {
  const stem = stemOf(main);
  return [`${stem}.override.yml`, `${stem}.override.yaml`].filter((file) => existsSync(file));
}

function stemOf(file: string): string {
  return file.replace(/\.ya?ml$/, '');
}

/** `COMPOSE_FILE` of the environment files; Compose itself resolves it. */
function chosenByEnvironment(directory: string, runtime: Runtime): string[] {
  const value = (name: string) => environmentValue(directory, runtime, name);
  const names = value('COMPOSE_FILE').split(value('COMPOSE_PATH_SEPARATOR') || ':');
  return names.filter(Boolean).map((name) => resolve(directory, name));
}

/** What the environment files give a variable of Compose's own; empty when none can be read that does. */
export function environmentValue(directory: string, runtime: Runtime, name: string): string {
  const texts = environmentFiles(directory, runtime).map(textOf);
  return texts.map((text) => valueIn(text, name)).findLast(Boolean) ?? '';
}

function valueIn(text: string, name: string): string | undefined {
  const pattern = new RegExp(
    `^\\s*(?:export\\s+)?${name}\\s*[=:][ \\t]*(["']?)(.*?)\\1(?:\\s+#.*)?\\s*$`,
    'gm',
  );
  return [...text.matchAll(pattern)].at(-1)?.[2];
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // That it is missing or unreadable is for Compose to say.
    return '';
  }
}
