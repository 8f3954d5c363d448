import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SqliteTarget } from '../../../../config/schema/target.ts';
import { failureOf } from '../../../../os/failure-of.ts';
import { permanent } from '../../../../os/failure.ts';
import { liveFile } from '../../../../os/files/live-file.ts';
import { isHidden, seesWholeMachine } from '../../../../os/process/open-files.ts';
import { processIds } from '../../../../os/process/proc.ts';
import { type FileMount, mountsOfFile } from '../../../runtime/compose/mounts.ts';
import type { Examination, OnePlace } from '../../driver.ts';
import { type OpenedElsewhere, openedElsewhere } from './opened-elsewhere.ts';
import { type SidecarElsewhere, sidecarsElsewhere, unknownHardLinks } from './other-names.ts';

/** Longer than SQLite has a sidecar open whose name it has just taken away. */
const MOMENT = 100;

/**
 * Demands that whoever uses the database has its log and its journal beside it, where we look for them. Else committed rows are
 * missing in a copy, and a log that nobody has seen is read into what was restored. Error: `SidecarsElsewhere`, with its cure.
 */
export async function expectOnePlace(target: SqliteTarget): Promise<OnePlace> {
  const { reason, unseen } = await lookElsewhere(target);
  if (reason !== undefined) throw permanent('SidecarsElsewhere', reason);
  return unseen === undefined ? {} : { unseen };
}

/** The same as an answer. `reason`: why it is not so, and what to do; `unseen`: what could not be looked at. */
export async function lookElsewhere(
  target: SqliteTarget,
): Promise<OnePlace & { readonly reason?: string }> {
  const { file } = target.database;
  const live = liveFile(file);
  const { mounts, unasked } = await mountsFor(target);
  const [mount] = mounts;
  if (mount) return { reason: mountedText(live, mount) };
  const opened = await openedForLong(live);
  if (opened) return { reason: openedText(live, opened) };
  const [link] = sidecarsElsewhere(file, live);
  if (link) return { reason: linkText(live, link) };
  const unseen = [...unasked, ...unseenOf(live)].join('; ');
  return unseen ? { unseen } : {};
}

/** Read beside the log that holds a part of it, a database is no more than unclear. */
export async function unclearElsewhere(
  target: SqliteTarget,
  examined: Examination,
): Promise<Examination> {
  if (examined.verdict !== 'damaged' || examined.bytes === 0) return examined;
  const { reason } = await lookElsewhere(target);
  return reason === undefined ? examined : { ...examined, verdict: 'unclear', finding: reason };
}

/** What cannot be seen of those who have it open, as text. */
export function unseenOpeners(live: string): string | undefined {
  return unseenOf(live).join('; ') || undefined;
}

async function mountsFor({ runtime, database }: SqliteTarget): Promise<{
  readonly mounts: readonly FileMount[];
  readonly unasked: readonly string[];
}> {
  if (runtime.kind !== 'compose') return { mounts: [], unasked: [] };
  try {
    return { mounts: await mountsOfFile(database.file), unasked: [] };
  } catch (error) {
    const why = `Docker could not be asked how the database is mounted: ${failureOf(error).message}`;
    return { mounts: [], unasked: [why] };
  }
}

/** Found at two times: a log comes and goes with those that have the database open. */
async function openedForLong(live: string): Promise<OpenedElsewhere | undefined> {
  const first = openedElsewhere(live);
  if (first.length === 0) return undefined;
  await sleep(MOMENT);
  return openedElsewhere(live).find((one) =>
    first.some(({ pid, sidecar }) => pid === one.pid && sidecar === one.sidecar),
  );
}

function unseenOf(live: string): string[] {
  if (!existsSync('/proc/self/fd')) return ['this system has no /proc: who has it open is unknown'];
  const hidden = processIds().filter(isHidden).length;
  const links = unknownHardLinks(live);
  return [
    ...(seesWholeMachine() ? [] : ['processes outside of this container cannot be seen']),
    ...(hidden > 0
      ? [`${hidden} ${hidden === 1 ? 'process' : 'processes'} of other users cannot be looked into`]
      : []),
    ...(links > 0
      ? [
          `it has ${links} more ${links === 1 ? 'name' : 'names'} elsewhere on its disk (hard links), and who opens one keeps another log`,
        ]
      : []),
  ];
}

function mountedText(live: string, { container, source, destination }: FileMount): string {
  return (
    `"${live}" is mounted by itself into container "${container}": its log lies in the container, as "${destination}-wal", ` +
    'where no backup sees it, and is read into whatever is restored. Mount its directory, not the file. In the Compose file, ' +
    `under "volumes:" of the service, replace "- ${source}:${destination}" by "- ${dirname(source)}:${dirname(destination)}" ` +
    '(or another directory there, where the image has files of its own in this one, which the application then is told). ' +
    `Stop the application before, and bring along what it may leave: docker cp "${container}:${destination}-wal" "${live}-wal"`
  );
}

function openedText(live: string, opened: OpenedElsewhere): string {
  const { pid, program, name, sidecar, deleted } = opened;
  const who = `Process ${pid} (${program}) has "${live}" open`;
  if (sidecar !== undefined && deleted)
    return (
      `${who}, and "${sidecar}" was deleted under it: what it commits is seen by nobody else. ` +
      'Stop it in its own way and never with -9, so that it brings its log into the database, and start it again'
    );
  const log =
    sidecar === undefined
      ? 'so its log and its journal do not lie beside the database'
      : `and "${sidecar}" is its log, which is not the one beside the database`;
  return (
    `${who} as "${name}", ${log}: a copy would miss what is committed there. Let it open the file in its directory, by this ` +
    `name: into a container, mount "${dirname(live)}" and not the file; instead of a hard link, open "${live}" itself`
  );
}

function linkText(live: string, { name, sidecar }: SidecarElsewhere): string {
  return (
    `"${sidecar}" lies beside "${name}", which is another name of "${live}": whoever keeps its log there commits what no copy ` +
    `has. Let everyone open "${live}" itself. If nobody has it open and nobody needs what it holds, move it away`
  );
}
