import { passing } from '../../../../os/failure.ts';
import { identityOf } from '../../../../os/identity-of.ts';
import { hasOpen } from '../../../../os/process/open-files.ts';
import { processIds } from '../../../../os/process/proc.ts';
import { programOf } from '../../../../os/process/program-of.ts';
import { sidecarsOf } from '../../../../os/files/sqlite-sidecars.ts';

export interface Opener {
  readonly pid: number;
  readonly program: string;
}

/** The processes that have the database or a sidecar open, under whatever name. None where there is no /proc. */
export function openersOf(file: string): Opener[] {
  const identities = new Set([file, ...sidecarsOf(file)].map(identityOf));
  identities.delete(undefined);
  if (identities.size === 0) return [];
  return processIds()
    .filter((pid) => hasOpen(pid, identities))
    .map((pid) => ({ pid: Number(pid), program: programOf(pid) }));
}

/** Demands that no process has the database or a sidecar open: none but `except`, which knows what it does. */
export function expectUnopened(file: string, except?: number): void {
  const opener = openersOf(file).find(({ pid }) => pid !== except);
  if (opener)
    throw passing('DatabaseInUse', `Process ${opener.pid} (${opener.program}) has "${file}" open`);
}
