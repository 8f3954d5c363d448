import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Target } from '../../../config/schema/target.ts';
import { writeDurably } from '../../../os/files/durable-files.ts';
import { ensurePrivate } from '../../../os/files/ensure-private.ts';
import { hashesOfConfiguration } from '../../runtime/known-good/configuration-files.ts';
import { connections } from '../connections.ts';

/** What is another one than when it was looked at last. */
export interface Changes {
  /** When that was. ISO 8601, UTC. Missing: never, so that there is nothing to compare. */
  readonly since?: string;
  /** `0.0.0.0:8080`. Missing: nobody can tell. */
  readonly listening?: readonly string[];
  readonly opened: readonly string[];
  readonly closed: readonly string[];
  /** Files of the configuration. */
  readonly changed: readonly string[];
  /** Why what was known before could not be read. */
  readonly begunAnew?: string;
}

const Seen = z.object({
  at: z.string(),
  run: z.string(),
  listening: z.array(z.string()).max(10_000).optional(),
  configuration: z.record(z.string(), z.string()),
});
type Seen = z.infer<typeof Seen>;
/** Of the run that looked last, and of the one before: a run that is tried again compares with the same. */
const Record = z.object({ version: z.literal(1), last: Seen, before: Seen.optional() });
type Record = z.infer<typeof Record>;

const MAX_PORTS = 5000;
/** The kernel gives these to whoever asks for any, such as a debugger or an RPC: they change with each start. */
const EPHEMERAL = '/proc/sys/net/ipv4/ip_local_port_range';

/** Compares ports and configuration with what the last run saw, and remembers them. In `<state>/security/seen.json`. */
export function changesSince(target: Target, run: string, now = new Date().toISOString()): Changes {
  const directory = join(target.state, 'security');
  const file = join(directory, 'seen.json');
  const known = recordIn(file);
  const record = typeof known === 'string' ? undefined : known;
  const before = record?.last.run === run ? record.before : record?.last;
  const listening = listeningPorts();
  const seen: Seen = {
    at: now,
    run,
    ...(listening && { listening }),
    configuration: hashesOfConfiguration(target),
  };
  ensurePrivate(target.state);
  ensurePrivate(directory);
  const next: Record = { version: 1, last: seen, ...(before && { before }) };
  writeDurably(file, JSON.stringify(next));
  return {
    ...(before && { since: before.at }),
    ...(listening && { listening }),
    opened: without(listening, before?.listening),
    closed: without(before?.listening, listening),
    changed: before ? differing(seen.configuration, before.configuration) : [],
    ...(typeof known === 'string' && { begunAnew: known }),
  };
}

/** Where TCP connections are taken, from whomever. Those of this host alone are marked by their address. */
function listeningPorts(): string[] | undefined {
  const [low, high] = ephemeral();
  const all = connections()?.flatMap(({ local, state }) =>
    state === 'listens' && !(isLoopback(local.address) && local.port >= low && local.port <= high)
      ? [`${local.address.includes(':') ? `[${local.address}]` : local.address}:${local.port}`]
      : [],
  );
  return all && [...new Set(all)].toSorted().slice(0, MAX_PORTS);
}

function ephemeral(): [number, number] {
  try {
    const [low = 32_768, high = 60_999] = readFileSync(EPHEMERAL, 'utf8')
      .trim()
      .split(/\s+/)
      .map(Number);
    return [low, high];
  } catch {
    return [32_768, 60_999];
  }
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

/** What is in one and not in the other. None, where one of them is not known. */
function without(
  one: readonly string[] | undefined,
  other: readonly string[] | undefined,
): string[] {
  if (!one || !other) return [];
  const known = new Set(other);
  return one.filter((item) => !known.has(item));
}

function differing(
  one: Readonly<{ [file: string]: string }>,
  other: Readonly<{ [file: string]: string }>,
): string[] {
  const files = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...files].filter((file) => one[file] !== other[file]).toSorted();
}

function recordIn(file: string): Record | string | undefined {
  try {
    return Record.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    return `"${file}" could not be read: what was seen before is not known`;
  }
}
