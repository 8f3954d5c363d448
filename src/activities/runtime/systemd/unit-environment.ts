import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { assignmentsOf, isUnclear, readEnvFile } from '../../../os/env-file/env-file.ts';
import type { Unit } from './unit.ts';

export interface UnitEnvironment {
  /** Each variable by its name, and whether it is empty: never its value. */
  readonly names: ReadonlyMap<string, { readonly isEmpty: boolean }>;
  /** Files of `EnvironmentFile=` that must be there and are not: the unit does not start. */
  readonly missing: readonly string[];
  /** Files that cannot be read from here, or not whole. */
  readonly unread: readonly string[];
}

const LARGEST = 2 ** 20;

/** What a unit is given by `Environment=`, and then by its files, the last one counts. */
export function environmentOfUnit({ raw }: Pick<Unit, 'raw'>): UnitEnvironment {
  const names = new Map<string, { readonly isEmpty: boolean }>();
  const missing: string[] = [];
  const unread: string[] = [];
  for (const [, name, rest] of (raw.get('Environment') ?? []).join(' ').matchAll(ASSIGNED))
    names.set(name!, { isEmpty: /^(""?)?$/.test(rest!) });
  for (const text of raw.get('EnvironmentFiles') ?? []) {
    const [, file = '', optional] = /^(.*) \(ignore_errors=(yes|no)\)$/.exec(text) ?? [];
    if (file === '' || /[*?[]/.test(file)) {
      unread.push(file || text);
      continue;
    }
    const bytes = bytesOf(file);
    if (bytes === 'missing') {
      if (optional === 'no') missing.push(file);
    } else if (bytes === 'unread') unread.push(file);
    else {
      const content = readEnvFile(bytes);
      if (content.pieces.some(isUnclear)) unread.push(file);
      for (const [name, all] of assignmentsOf(content))
        names.set(name, { isEmpty: all.at(-1)!.isEmpty });
    }
  }
  return { names, missing, unread };
}

/** As systemd shows them: `A=1 "B=two words"`. What stands in quotes may hold anything. */
const ASSIGNED = /(?:^|\s)"?([A-Za-z_]\w*)=((?:\\.|[^\s"\\])*)(?:(?:\\.|[^"\\])*")?(?=\s|$)/g;

/** A name may lead anywhere: nothing is opened that may block. */
function bytesOf(file: string): Buffer | 'missing' | 'unread' {
  let fd: number;
  try {
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return (error as { code?: string }).code === 'ENOENT' ? 'missing' : 'unread';
  }
  try {
    const about = fstatSync(fd);
    return about.isFile() && about.size <= LARGEST ? readFileSync(fd) : 'unread';
  } finally {
    closeSync(fd);
  }
}
