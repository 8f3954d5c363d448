import { constants, closeSync, fstatSync, lstatSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { composeFiles } from '../../../../config/load/compose-files.ts';
import type { ComposeRuntime } from '../../../../config/schema/runtime.ts';
import { permanent } from '../../../../os/failure.ts';
import { openPlain } from '../../../../os/files/held/open-plain.ts';
import { withHeld } from '../../../../os/files/held/with-held.ts';

/** The last of the Compose files: what it says counts. Nobody has to be told of it, because Compose reads it for whoever types it. */
export interface ComposeText {
  readonly file: string;
  /** Missing: it is not there yet. */
  readonly text?: string;
  /** Whose owner and mode it has, or gets. */
  readonly like: string;
}

/** Longer is no Compose file. */
const LARGEST = 4 * 2 ** 20;

/** Errors: `NotApplicable`, where which file that is cannot be said, or it is a link. */
export function lastComposeText(directory: string, runtime: ComposeRuntime): ComposeText {
  const { all, override, rivals } = composeFiles(directory, runtime);
  if (rivals.length > 0 && runtime.file === undefined)
    throw permanent(
      'NotApplicable',
      `Compose 1.29 and 2 choose another one of ${rivals.map((one) => `"${basename(one)}"`).join(', ')}: say which is "runtime.file"`,
    );
  const file = override ?? all.at(-1)!;
  const text = textOf(file);
  return { file, ...(text !== undefined && { text }), like: text === undefined ? all[0]! : file };
}

/** Undefined: it is not there. */
export function textOf(file: string): string | undefined {
  return withHeld((held) => textAt(held.itself(file), file));
}

/** By a handle on its directory, which may be the application's. */
export function textAt(place: string, file: string): string | undefined {
  const about = lstatSync(place, { throwIfNoEntry: false });
  if (!about) return undefined;
  if (!about.isFile() || about.size > LARGEST) throw noFile(file);
  const fd = openPlain(place, constants.O_RDONLY);
  try {
    const opened = fstatSync(fd);
    if (!opened.isFile() || opened.size > LARGEST) throw noFile(file);
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}

function noFile(file: string): Error {
  return permanent(
    'NotApplicable',
    `"${file}" is no plain file, and nothing is written through a link: write the limits where it leads, and start it by docker compose up -d`,
  );
}
