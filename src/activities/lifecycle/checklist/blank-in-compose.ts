import { readFileSync } from 'node:fs';
import { composeFiles, environmentValue } from '../../../config/load/compose-files.ts';
import type { ComposeRuntime } from '../../../config/schema/runtime.ts';
import { keptBack } from '../../../os/process/inherited-environment.ts';

/**
 * Variables that the project takes from the environment of whoever types `docker compose up`, and that are blank when we do: the worker has
 * them, as a secret of a target or for itself, and hands them to nobody. Without a word the application would get an empty password.
 */
export function blankInCompose(directory: string, runtime: ComposeRuntime): string[] {
  const names = composeFiles(directory, runtime).all.flatMap((file) => namesIn(textOf(file)));
  const blank = keptBack([...new Set(names)]);
  return blank.filter((name) => environmentValue(directory, runtime, name) === '');
}

/** `$NAME`, `${NAME...}` unless it stands with a default of its own, and a name without a value in `environment`. */
function namesIn(text: string): string[] {
  const lines = text.replaceAll('$$', '').split('\n');
  return lines
    .filter((line) => !line.trim().startsWith('#'))
    .flatMap((line) => [
      ...[...line.matchAll(/\$(?:\{(\w+)(?!\w|:?[-+][^\s}])|(\w+))/g)].map(
        ([, one, other]) => one ?? other!,
      ),
      ...[...line.matchAll(/^\s*-\s*["']?([A-Za-z_]\w*)["']?\s*$/g)].map(([, name]) => name!),
      ...[...line.matchAll(/^\s*([A-Za-z_]\w*):\s*$/g)].map(([, name]) => name!),
    ]);
}

/** Which files are missing or unreadable is for Compose to say. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
