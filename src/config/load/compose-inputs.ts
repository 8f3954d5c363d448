import { readFileSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { ComposeRuntime } from '../schema/runtime.ts';
import { composeFiles, environmentFiles } from './compose-files.ts';

const Path = z.union([z.string(), z.object({ path: z.string() }).transform(({ path }) => path)]);
const Paths = z.union([z.array(Path), Path.transform((path) => [path])]);

/** Of a Compose file, what names other files; the rest may be as it likes. */
const Referring = z.object({
  include: z
    .array(
      z.union([
        z.string().transform((path) => [path]),
        z.object({ path: Paths }).transform(({ path }) => path),
      ]),
    )
    .catch([]),
  services: z
    .record(
      z.string(),
      z
        .object({
          env_file: Paths.catch([]),
          extends: z.object({ file: z.string() }).nullable().catch(null),
        })
        .catch({ env_file: [], extends: null }),
    )
    .catch({}),
});

/**
 * All files here of which Compose makes containers, absolute and links resolved: its own, those that they name, and environment
 * files. What cannot be read names none.
 */
export function composeInputs(directory: string, runtime: ComposeRuntime): Set<string> {
  const { all } = composeFiles(directory, runtime);
  const named = all
    .map(namedIn)
    .flatMap(({ environments, others }) => [...environments, ...others]);
  return new Set([...all, ...named, ...environmentFiles(directory, runtime)].map(realPathOf));
}

/** Of them those that are read by key: `.env`, and what `env_file` names. Absolute, links resolved. */
export function composeEnvironments(directory: string, runtime: ComposeRuntime): Set<string> {
  const { all } = composeFiles(directory, runtime);
  const named = all.map(namedIn).flatMap(({ environments }) => environments);
  return new Set([...named, ...environmentFiles(directory, runtime)].map(realPathOf));
}

interface Named {
  readonly environments: readonly string[];
  readonly others: readonly string[];
}

function namedIn(file: string): Named {
  try {
    const { include, services } = Referring.parse(parse(readFileSync(file, 'utf8')));
    const all = Object.values(services);
    const pathOf = (name: string) => resolve(dirname(file), name);
    return {
      environments: all.flatMap((service) => service.env_file).map(pathOf),
      others: [
        ...include.flat(),
        ...all.flatMap((service) => (service.extends ? [service.extends.file] : [])),
      ].map(pathOf),
    };
  } catch {
    return { environments: [], others: [] };
  }
}

export function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
