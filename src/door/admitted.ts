import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Certificate, fingerprintOf } from './certificate.ts';
import type { DoorFiles } from './door-files.ts';
import { readPrivate, writePrivate } from './private-file.ts';

/** A user of this machine who may come through a door, besides the one who opened it. */
export interface Admitted extends Certificate {
  readonly login: string;
  readonly uid: number;
  readonly gid: number;
  readonly since: string;
  /** Who admitted them. */
  readonly by: string;
}

export function readAdmitted({ admitted }: DoorFiles): Admitted[] {
  let names: string[];
  try {
    names = readdirSync(admitted);
  } catch {
    return [];
  }
  return names
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => (readPrivate(join(admitted, name)) as Admitted | undefined) ?? [])
    .toSorted((a, b) => a.login.localeCompare(b.login));
}

export function admit({ admitted }: DoorFiles, one: Admitted): void {
  writePrivate(fileOf(admitted, one.uid), one);
}

export function dismiss({ admitted }: DoorFiles, uid: number): void {
  rmSync(fileOf(admitted, uid), { force: true });
}

/** Whose certificate that is. Read at each call, so that who is dismissed is refused at once. Undefined: it opens nothing, or no more. */
export function loginOf(
  files: DoorFiles,
  owner: { readonly login: string; readonly certificate: string },
  fingerprint: string,
): string | undefined {
  return [owner, ...readAdmitted(files)].find((one) => fingerprintOf(one) === fingerprint)?.login;
}

function fileOf(directory: string, uid: number): string {
  return join(directory, `${uid}.json`);
}
