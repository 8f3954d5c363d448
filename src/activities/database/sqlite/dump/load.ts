import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { environment } from '../../../../config/environment.ts';
import type { SqliteExtension } from '../../../../config/schema/database.ts';
import { extensionFault, ownerOfExtensions } from '../extensions/load-extensions.ts';
import { reload } from './reload.ts';

export interface Loaded {
  /** What loaded it, as text. */
  readonly by: string;
}

export interface Loading {
  /** Commands of the program that whoever loads it must give, too: `.dbconfig dqs_ddl on`. */
  readonly commands: readonly string[];
  /** The sqlite3 program: a name that is looked for on PATH, or its path. */
  readonly program?: string;
}

/**
 * Makes a database of a dump as anybody would who restores it: the sqlite3 program reads the file. It ends with 0 after much that went
 * wrong, so what it complains about counts, too; whoever calls compares what came of it. Where there is no such program, its
 * statements are read as it reads them. Errors: `Error`, with what is wrong as text.
 */
export function load(
  dump: string,
  file: string,
  { commands, program = 'sqlite3' }: Loading,
): Loaded {
  const version = versionOf(program);
  if (version === undefined) {
    reload(dump, file);
    return { by: 'a reader of statements, for want of a sqlite3 program' };
  }
  const input = openSync(dump, 'r');
  try {
    // Answers of the commands are no complaint. Nothing of a person's own settings is read.
    const given = commands.flatMap((command) => ['-cmd', command]);
    const done = spawnSync(program, ['-batch', '-bail', ...given, file], {
      stdio: [input, 'pipe', 'pipe'],
      env: { PATH: environment().path, HOME: dirname(file), LC_ALL: 'C' },
      maxBuffer: 2 ** 20,
    });
    const complaint = String(done.stderr).trim().slice(0, 500);
    if (done.error) throw done.error;
    if (done.status !== 0 || complaint !== '')
      throw new Error(
        `sqlite3 ${version} says ${complaint || `nothing, and ended with ${done.status ?? done.signal}`}`,
      );
    return { by: `sqlite3 ${version}` };
  } finally {
    closeSync(input);
  }
}

/** The commands by which the program loads extensions. Error: `Error`, for a file that is not to be loaded. */
export function loadingOf(extensions: readonly SqliteExtension[]): string[] {
  // The program writes to a directory of ours, and so keeps our rights.
  const owner = ownerOfExtensions(extensions);
  if (owner)
    throw new Error(
      `User ${owner.uid} has a hand in "database.extensions", which the sqlite3 program would load as root`,
    );
  return extensions.flatMap(({ file, entry, prepare }) => {
    const fault = extensionFault(file);
    if (fault !== undefined) throw new Error(fault);
    const words = [JSON.stringify(file), ...(entry === undefined ? [] : [entry])];
    return [`.load ${words.join(' ')}`, ...prepare];
  });
}

/** Undefined: there is none. */
function versionOf(program: string): string | undefined {
  const { stdout, status } = spawnSync(program, ['--version'], {
    env: { PATH: environment().path, LC_ALL: 'C' },
  });
  return status === 0 ? String(stdout).split(' ')[0] : undefined;
}
