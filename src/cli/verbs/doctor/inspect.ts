import { existsSync } from 'node:fs';
import type { Client } from '@temporalio/client';
import Database from 'better-sqlite3';
import { connect } from '../../../client/connection/connect.ts';
import { connectionSettings } from '../../../client/connection/connection-settings.ts';
import { unreachableErrorOf } from '../../../client/connection/unreachable-error-of.ts';
import { missedRuns } from '../../../client/schedules/missed-runs.ts';
import { viewSchedules } from '../../../client/schedules/view-schedules.ts';
import { readTargets } from '../../../config/load/load.ts';
import type { Target } from '../../../config/schema/target.ts';
import { environment } from '../../../config/environment.ts';
import { findOnPath } from '../../../dev/server/find-on-path.ts';
import { findNetworkNamespace } from '../../../dev/server/closed/network-namespace.ts';
import { cachedTemporal } from '../../../dev/server/temporal-module.ts';
import { knownDoor } from '../../../door/known-door.ts';
import { readContainment } from '../../../state/containment.ts';
import { readStopped } from '../../../state/stopped.ts';
import { databasePlace } from '../../local/database-place.ts';
import { openWarning } from '../../output/open-warning.ts';
import { lookAtTarget } from './look-at-target.ts';
import { runsFile } from './runs-file.ts';
import { temporalStores } from './temporal-stores.ts';
import { workerFindings } from './workers.ts';

export interface Finding {
  readonly subject: string;
  /** `missing` stops the product; `optional` leaves a part of it out. */
  readonly state: 'ok' | 'optional' | 'missing';
  readonly finding: string;
  readonly hint?: string;
}

/**
 * Inspects everything that runbooks stand on, of all targets that are enabled; or of the one that is given, which is then looked at
 * itself, too. Changes nothing.
 */
export async function inspect(
  asked?: Target,
  { temporalConfig }: { readonly temporalConfig?: string | undefined } = {},
): Promise<Finding[]> {
  const { enabled: all, findings } = targets(asked ? 'optional' : 'missing');
  const enabled = asked ? [asked] : all;
  return [
    node(),
    sqlite(),
    await server(),
    ...(await door()),
    ...runsFile(),
    program('redis-server', 'the demo shows the cache part', 'apt-get install redis-server'),
    program(
      'docker',
      'targets of kind compose can be served',
      'apt-get install docker.io docker-compose',
    ),
    systemd(),
    ...findings,
    ...enabled.flatMap(keptDown),
    ...(await Promise.all(enabled.map(databaseOf))).flat(),
    ...(asked ? await lookAtTarget(asked) : []),
    ...(await temporal(enabled)),
    ...(temporalConfig === undefined ? [] : await temporalStores(temporalConfig)),
  ];
}

function node(): Finding {
  const subject = 'Node.js';
  const finding = process.version;
  if (Number(process.versions.node.split('.')[0]) >= 24) return { subject, state: 'ok', finding };
  return {
    subject,
    state: 'missing',
    finding,
    hint: 'Node 24 or newer; in a clone, ./runbook brings it',
  };
}

function sqlite(): Finding {
  const db = new Database(':memory:');
  const finding = db.prepare('select sqlite_version()').pluck().get() as string;
  db.close();
  return { subject: 'SQLite', state: 'ok', finding };
}

async function server(): Promise<Finding> {
  const subject = 'Temporal server of our own';
  const cached = await cachedTemporal();
  if (existsSync(cached)) return { subject, state: 'ok', finding: cached };
  const found = findOnPath('temporal') ?? findOnPath('go');
  if (found) return { subject, state: 'ok', finding: `${found} will give it` };
  return {
    subject,
    state: 'optional',
    finding: 'none yet',
    hint: 'it is downloaded when first needed; without internet, put the Temporal CLI or Go on PATH',
  };
}

/** Whether a server of our own is closed to others. Of no interest where another server is used. */
async function door(): Promise<Finding[]> {
  const subject = 'Door of that server';
  const { address } = connectionSettings();
  const known = knownDoor(address);
  if (environment().temporalAddress && !known) return [];
  if (known && !known.key)
    return [
      {
        subject,
        state: 'missing',
        finding: `the one that runs at ${address} is open: every user of this machine can read and start runs, and so act as the user of the worker`,
        hint: 'end it, and start it where it can have a network of its own (docs/access.md)',
      },
    ];
  const found = await findNetworkNamespace();
  if ('refusal' in found)
    return [
      {
        subject,
        state: 'missing',
        finding: openWarning(found.refusal),
        hint: 'run it on the host itself and with iproute2 and util-linux installed, or use a Temporal server with TLS (docs/access.md)',
      },
    ];
  const finding = 'other users of this machine are kept out, but for: runbook access list';
  return [{ subject, state: 'ok', finding }];
}

function program(name: string, use: string, hint: string): Finding {
  const path = findOnPath(name);
  if (path) return { subject: name, state: 'ok', finding: `${path}: ${use}` };
  return { subject: name, state: 'optional', finding: `not on PATH; with it, ${use}`, hint };
}

/** Whether it runs this host, as sd_booted(3) looks: its programs may be there without it, as in a container. */
function systemd(): Finding {
  const subject = 'systemd';
  const use = 'targets of kind systemd can be served';
  if (existsSync('/run/systemd/system'))
    return { subject, state: 'ok', finding: `runs this host: ${use}` };
  return { subject, state: 'optional', finding: `does not run this host; where it does, ${use}` };
}

/** The targets that stand here, and are to be served. `faulty`: what a file that cannot be read means to who asks. */
function targets(faulty: Finding['state']): {
  readonly enabled: readonly Target[];
  readonly findings: readonly Finding[];
} {
  const subject = 'Targets';
  try {
    const { targets: all, faults } = readTargets();
    const enabled = all.filter((target) => target.enabled);
    const finding = `${all.length} read, ${enabled.length} enabled`;
    return {
      enabled,
      findings: [
        { subject, state: 'ok', finding },
        ...faults.map((fault) => ({ subject, state: faulty, finding: fault })),
      ],
    };
  } catch (error) {
    const { message, hint } = error as Error & { hint?: string };
    return {
      enabled: [],
      findings: [{ subject, state: 'missing', finding: message, ...(hint && { hint }) }],
    };
  }
}

/** Known on the target's own host only. */
function keptDown(target: Target): Finding[] {
  const subject = `Application of ${target.name}`;
  try {
    const contained = readContainment(target);
    const notes = [contained?.note, readStopped(target)?.note].flatMap((note) => note ?? []);
    return notes.map((finding) => ({ subject, state: 'optional', finding }));
  } catch (error) {
    return [{ subject, state: 'missing', finding: (error as Error).message }];
  }
}

/** Seen on the target's own host only. */
async function databaseOf(target: Target): Promise<Finding[]> {
  const subject = `Database of ${target.name}`;
  const { reason, unseen } = await databasePlace(target);
  if (reason !== undefined) return [{ subject, state: 'missing', finding: reason }];
  if (unseen === undefined) return [];
  const finding = `who uses it is not known in full: ${unseen}`;
  return [{ subject, state: 'optional', finding }];
}

async function temporal(enabled: readonly Target[]): Promise<Finding[]> {
  const { address, namespace } = connectionSettings();
  const subject = `Temporal at ${address}`;
  let client: Client;
  try {
    client = await connect();
  } catch (error) {
    const { message, hint } = error as Error & { hint: string };
    return [{ subject, state: 'missing', finding: message, hint }];
  }
  try {
    const workers = await Promise.all(enabled.map((target) => workerFindings(client, target)));
    const starts = await Promise.all(enabled.map((target) => schedules(client, target)));
    return [
      { subject, state: 'ok', finding: `answers; namespace "${namespace}"` },
      ...workers.flat(),
      ...starts.flat(),
    ];
  } catch (error) {
    const { message, hint } =
      unreachableErrorOf(error, client) ?? (error as Error & { hint?: string });
    return [{ subject, state: 'missing', finding: message, ...(hint && { hint }) }];
  } finally {
    await client.connection.close();
  }
}

async function schedules(client: Client, target: Target): Promise<Finding[]> {
  const subject = `Schedules of ${target.name}`;
  const count = Object.keys(target.schedules).length;
  if (count === 0) return [];
  const { schedules: views, faults } = await viewSchedules(client, [target]);
  const unsynced = views.filter(({ state }) => state === 'missing' || state === 'differs');
  const found: Finding[] = faults.map((finding) => ({ subject, state: 'optional', finding }));
  if (unsynced.length > 0) {
    const ids = unsynced.map(({ id }) => id).join(', ');
    const finding = `not in Temporal as the target says: ${ids}`;
    found.push({ subject, state: 'missing', finding, hint: 'runbook schedules sync --plan' });
  }
  for (const { sentence, due } of await missedRuns(client, [target]))
    if (due) found.push({ subject, state: 'missing', finding: sentence, hint: 'runbook runs' });
  const finding = `${views.length} of ${count} in Temporal, and no run is missing`;
  return found.some(({ state }) => state === 'missing')
    ? found
    : [{ subject, state: 'ok', finding }, ...found];
}
