import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { databaseFiles } from '../../../config/load/database-text.ts';
import type { Target } from '../../../config/schema/target.ts';
import type { Stamp } from '../../../config/time/stamp.ts';
import { availableIn } from '../../../os/files/disk-space.ts';
import { isThere } from '../../../os/files/file-facts.ts';
import { permanent } from '../../../os/failure.ts';
import { redacted } from '../../../os/redacted.ts';
import { ensureSigningKey, keysOf } from '../../../os/sign/signing-key.ts';
import { lastChanges } from '../../../state/last-changes.ts';
import { generationsOf, predecessorsOf } from '../../logs/file/generations.ts';
import { driverFor } from '../../runtime/driver-for.ts';
import { hashesOfConfiguration } from '../../runtime/known-good/configuration-files.ts';
import { connections } from '../connections.ts';
import { failedLogins } from '../watch/failed-logins.ts';
import { evidencePlace, openPart, settle } from './evidence-place.ts';
import { processList } from './process-list.ts';
import { type Head, type Item, openSealing, seal } from './sealing.ts';

/** Evidence that is sealed. */
export interface SealedEvidence {
  readonly changed: boolean;
  readonly directory: string;
  readonly head: Head;
  /** As OpenSSH writes it: whoever has it can tell whether the evidence was changed. */
  readonly publicKey: string;
  readonly signature: string;
  readonly items: number;
  readonly bytes: number;
  /** What was not copied, and why: sentences. */
  readonly missing: readonly string[];
  readonly note: string;
}

/** B reads the last 50 lines; here more are worth having. */
const LAST_LINES = 500;
/** Of the disk, the part that evidence may take: the application goes on writing. */
const SHARE = 0.5;
/** Files of one log. */
const MAX_FILES = 100;

const HeadFile = z.object({ run: z.string(), at: z.string(), lines: z.int(), hash: z.string() });

/**
 * Copies what shows later what has happened: logs, what was rotated of them, logs of the host, who was connected and what ran. It reads
 * only; nothing that it finds is changed. Sealed once: a later attempt answers what is sealed already, and one that was not is begun anew.
 * In `<state>/security/<stamp>` (see `evidencePlace`), which no retention removes.
 */
export async function collectEvidence(
  target: Target,
  run: string,
  stamp: Stamp,
): Promise<SealedEvidence> {
  const key = ensureSigningKey(keysOf(target.state));
  const place = evidencePlace(target, run, stamp);
  const known = sealedIn(place);
  if (known) return answer(place, key.publicKey, known, { changed: false });

  const part = openPart(target, run, stamp);
  try {
    seal(part, key, run, await itemsFrom(target, run, openSealing(part, key), availableIn(part)));
  } catch (error) {
    // What is not sealed is no evidence, and takes space.
    rmSync(part, { recursive: true, force: true });
    throw error;
  }
  for (;;) {
    const directory = evidencePlace(target, run, stamp);
    const other = sealedIn(directory);
    // Another attempt of this run was quicker.
    if (other) rmSync(part, { recursive: true, force: true });
    else if (!settle(part, directory)) {
      if (!isThere(directory) || evidencePlace(target, run, stamp) !== directory) continue;
      if (sealedIn(directory)) continue;
      throw permanent(
        'TooLate',
        `The report in "${directory}" was written without this evidence, which came too late and lies in "${part}"`,
      );
    }
    return answer(directory, key.publicKey, sealedIn(directory)!, { changed: !other });
  }
}

/** Copies what there is, what passes by soonest first. `available` in bytes. */
async function itemsFrom(
  target: Target,
  run: string,
  sealing: ReturnType<typeof openSealing>,
  available: number,
): Promise<readonly Item[]> {
  let left = Math.floor(available * SHARE);
  const items: Item[] = [];
  const add = (item: Item): void => {
    items.push(item);
    if (item.name !== '') left -= item.bytes ?? 0;
  };
  add(sealing.text('connections.txt', '/proc/net/tcp, /proc/net/tcp6', connectionsText()));
  add(sealing.text('processes.txt', '/proc', processList()));
  for (const file of filesOf(target)) add(sealing.file(file, left));
  for (const file of secretsOf(target)) add(sealing.facts(file));
  add(sealing.text('runtime.txt', `runtime of ${target.name}`, await runtimeText(target)));
  add(sealing.text('failed-logins.json', 'logs and journal', await loginsText(target)));
  add(sealing.text('changes.txt', 'files and runs', lines(lastChanges(target, run, 50))));
  add(sealing.text('configuration.json', target.directory, jsonOf(hashesOfConfiguration(target))));
  return items;
}

interface Sealed {
  readonly head: Head;
  readonly signature: string;
  readonly items: readonly Item[];
}

function sealedIn(directory: string): Sealed | undefined {
  try {
    const read = (name: string) => readFileSync(join(directory, name), 'utf8');
    const items = read('manifest.jsonl').trimEnd().split('\n');
    return {
      head: HeadFile.parse(JSON.parse(read('head.json'))),
      signature: read('head.json.sig'),
      items: items.map((line) => JSON.parse(line) as Item),
    };
  } catch {
    return undefined;
  }
}

function answer(
  directory: string,
  publicKey: string,
  { head, signature, items }: Sealed,
  { changed }: { readonly changed: boolean },
): SealedEvidence {
  const copied = items.filter(({ name }) => name !== '');
  const bytes = copied.reduce((sum, item) => sum + (item.bytes ?? 0), 0);
  const missing = items
    .filter(({ name, why }) => name === '' && why !== undefined)
    .map(({ source, why }) => `${source}: ${why}`)
    .slice(0, 20);
  return {
    changed,
    directory,
    head,
    publicKey,
    signature,
    items: items.length,
    bytes,
    missing,
    note: `${copied.length} of ${items.length} copied to "${directory}", sealed as ${head.hash.slice(0, 16)}`,
  };
}

/** Logs of the application and of the host, with what was rotated of them, and what the target names besides. */
function filesOf({ directory, logs, security }: Target): string[] {
  const own = [...logs.map(({ file }) => file), ...security.logins.files].flatMap((file) => {
    const rotated = [
      ...generationsOf(file).flatMap(({ plain, packed }) => plain ?? packed ?? []),
      ...predecessorsOf(file),
    ];
    return [file, ...[...new Set(rotated)].slice(0, MAX_FILES)];
  });
  const all = [...own, ...security.evidence].map((file) => resolve(directory, file));
  return [...new Set(all)].filter(isThere);
}

function secretsOf({ directory, database }: Target): string[] {
  return ['.env', ...databaseFiles(database)]
    .map((file) => resolve(directory, file))
    .filter(isThere);
}

function connectionsText(): string {
  const all = connections();
  if (!all) return 'Not to be had: there is no /proc\n';
  return lines(
    all.map(
      ({ local, peer, state }) =>
        `${state} ${local.address} ${local.port} ${peer.address} ${peer.port}`,
    ),
  );
}

async function runtimeText(target: Target): Promise<string> {
  const driver = driverFor(target);
  const orWhyNot = async (find: () => Promise<readonly string[]>) => {
    try {
      return await find();
    } catch (error) {
      return [`Not to be had: ${(error as Error).message}`];
    }
  };
  const state = await orWhyNot(async () => [(await driver.describe()).detail]);
  const last = await orWhyNot(() => driver.logs(LAST_LINES));
  return lines([...state, '', ...last]);
}

async function loginsText(target: Target): Promise<string> {
  try {
    return jsonOf(await failedLogins(target));
  } catch (error) {
    return `Not to be had: ${(error as Error).message}\n`;
  }
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${redacted(line)}\n`).join('');
}

function jsonOf(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
