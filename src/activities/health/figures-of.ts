import { databaseFiles } from '../../config/load/database-text.ts';
import { dirname, resolve } from 'node:path';
import type { Target } from '../../config/schema/target.ts';
import type { Figure } from '../../figures/figure.ts';
import { processTable } from '../../os/process/process-table.ts';
import { programOf } from '../../os/process/program-of.ts';
import { within } from '../../os/process/within.ts';
import { readContainment } from '../../state/containment.ts';
import { readStopped } from '../../state/stopped.ts';
import { applicationPids } from '../database/sqlite/locks/lock-holders.ts';
import { diskOf } from '../host/disk-of.ts';
import { listenersOn } from '../host/listeners.ts';
import { application, users } from './application/application.ts';
import { certificate } from './application/certificate.ts';
import { portOf } from './application/connections.ts';
import { proxy } from './application/proxy.ts';
import { response } from './application/response.ts';
import { secrets } from './application/secrets.ts';
import { smoke } from './application/smoke.ts';
import { database } from './database/database.ts';
import { locks } from './database/locks.ts';
import { countersIn } from './judging/counters.ts';
import { ownSlowness } from './judging/own-slowness.ts';
import { backupKey } from './machine/backup-key.ts';
import { cpu } from './machine/cpu.ts';
import { disks } from './machine/disks.ts';
import { logs } from './machine/logs.ts';
import { memory } from './machine/memory.ts';
import { network } from './machine/network.ts';
import { offsite } from './machine/offsite.ts';
import { redis } from './machine/redis.ts';
import { notApplicable, type Sampling, type Source, unknown } from './sampling.ts';

export interface SampleOptions {
  /** How often the page is asked for: a series of 5 tells little of the slowest, and costs little. */
  readonly answers?: number;
  /** Also runs the page's script, which is work for the application. */
  readonly thorough?: boolean;
  /** For tests, where the machine itself is slow. */
  readonly slowness?: string | undefined;
}

/** Each source has so long, in ms: what is not read by then is unknown. Above the application's own limit. */
const EACH_WITHIN = 45_000;
/** In ms. Docker is asked which processes are the application's, and may hang. */
const PIDS_WITHIN = 8000;

/** What needs the application to run, and what to call it when it does not and is not to. */
const ofApplication: Readonly<Record<string, readonly [Figure['name'], Figure['unit']][]>> = {
  application: [
    ['app.health', 'seconds'],
    ['app.page', 'seconds'],
    ['app.hung', 'count'],
  ],
  proxy: [['proxy.page', 'seconds']],
  response: [
    ['response.failures', 'ratio'],
    ['response.p50', 'seconds'],
    ['response.p95', 'seconds'],
  ],
  smoke: [
    ['smoke.environment', 'count'],
    ['smoke.version', 'count'],
  ],
};

/** What is read in this process, and would stop it if its disk hangs. */
const files: Readonly<Record<string, (target: Target) => readonly string[]>> = {
  backupKey: ({ backups, directory }) =>
    backups.encryption
      ? [
          backups.directory,
          resolve(directory, dirname(backups.encryption.key.slice('file:'.length))),
        ]
      : [],
  database: ({ database }) => databaseFiles(database),
  locks: ({ database }) => databaseFiles(database),
  logs: (target) => target.logs.map(({ file }) => dirname(file)),
  smoke: ({ app: { version } }) => (version && 'file' in version ? [dirname(version.file)] : []),
};

/** Read when nothing else is waited for: SQLite lets this process do nothing meanwhile, and what is timed would seem slow. */
const last = { database } satisfies Record<string, Source>;

const sources = {
  application,
  backupKey,
  certificate,
  cpu,
  disks,
  locks,
  logs,
  memory,
  network,
  offsite,
  proxy,
  redis,
  response,
  secrets,
  smoke,
} satisfies Record<string, Source>;

/**
 * All that is measured of a target, once. The names of figures are those of their series:
 *
 * - `app.health` `app.page` `app.hung` `app.users` `app.script` · `proxy.page`
 * - `response.failures` `response.p50` `response.p95`
 * - `data.rows` `data.query`
 * - `database.size` `database.log` `database.growth` `database.free` `database.mode` `database.writeLock` `database.reader`
 * - of a server also `database.waits` `database.connections` `database.xid` `database.checksums` `database.archiver` `database.slots`
 * - `redis.ping` `redis.write` `redis.memory` `redis.hitRatio`
 * - `disk.used <place>` `disk.inodes <place>` `disks.hung` · `logs.errors <file>` `logs.age <file>`
 * - `memory.host` `memory.container` `memory.application` `memory.oomKills` · `cpu.host` · `network.bytes`
 * - `certificate.expiry` `certificate.name` `certificate.chain` · `clock.offset` `clock.synchronised`
 * - `smoke.environment` `smoke.version` · `backups.offsite` `backups.key` `secrets.age <name>`
 *
 * A source that fails hides no other: `health.<source>` is unknown then. It writes to the state directory, and one key to the cache.
 */
export async function figuresOf(
  target: Target,
  { answers = 5, thorough = false, ...more }: SampleOptions = {},
): Promise<Figure[]> {
  const at = new Date();
  const since = countersIn(target.state, at.getTime());
  const stopped = whyStopped(target);
  const sampling: Sampling = {
    target,
    at: at.toISOString(),
    since,
    pids: await pidsOf(target),
    answers,
    thorough,
    stopped,
    slowness: 'slowness' in more ? more.slowness : ownSlowness(),
  };
  const connected = await read('users', users);
  const others = await readAll(sources);
  const data = await readAll(last);
  since.close();
  return [...connected, ...others, ...data];

  async function readAll(some: Readonly<Record<string, Source>>): Promise<Figure[]> {
    const each = Object.entries(some).map(
      async ([name, source]) => omitted(name) ?? read(name, source),
    );
    return (await Promise.all(each)).flat();
  }

  function omitted(name: string): Figure[] | undefined {
    if (stopped === undefined) return undefined;
    return ofApplication[name]?.map(([figure, unit]) =>
      notApplicable(sampling, figure, unit, 'Not asked', stopped),
    );
  }

  async function read(name: string, source: Source): Promise<readonly Figure[]> {
    const failed = (why: string) => [
      unknown(sampling, `health.${name}`, 'count', name, `It could not be read: ${why}`),
    ];
    const reading = expectAnswers(files[name]?.(target) ?? [])
      .then(() => source(sampling))
      .catch((error: Error) => failed(error.message));
    const came = await within(reading, EACH_WITHIN);
    return came ?? failed(`nothing came within ${EACH_WITHIN / 1000} s`);
  }
}

async function expectAnswers(places: readonly string[]): Promise<void> {
  for (const place of new Set(places))
    if (!(await diskOf(place))) throw new Error(`The disk of "${place}" does not answer`);
}

/** Somebody keeps it down: that it does not answer is no news. */
function whyStopped(target: Target): string | undefined {
  try {
    return readContainment(target)?.note ?? readStopped(target)?.note;
  } catch {
    // A record that cannot be read keeps it down, too, and says nothing here.
    return 'It is kept down, and why cannot be read';
  }
}

/** What runs of it; where somebody else has started it, who listens on its port. */
export async function pidsOf(target: Target): Promise<number[]> {
  const asked = applicationPids(target, processTable()).catch(() => new Set<number>());
  const own = await within(asked, PIDS_WITHIN);
  if (own && own.size > 0) return [...own];
  return (listenersOn(portOf(target.app)) ?? []).filter((pid) => pid > 0 && !isProxy(pid));
}

/** Listens in the place of a container, and is no part of the application. */
function isProxy(pid: number): boolean {
  return programOf(String(pid)) === 'docker-proxy';
}
