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
  const named = all.flatMap(namedIn);
  return new Set([...all, ...named, ...environmentFiles(directory, runtime)].map(realPathOf));
}

function namedIn(file: string): string[] {
  try {
    const { include, services } = Referring.parse(parse(readFileSync(file, 'utf8')));
    const ofServices = Object.values(services).flatMap((service) => [
      ...service.env_file,
      ...(service.extends ? [service.extends.file] : []),
    ]);
    return [...include.flat(), ...ofServices].map((name) => resolve(dirname(file), name));
  } catch {
    return [];
  }
}

export function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
