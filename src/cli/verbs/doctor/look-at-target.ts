import { databaseFiles } from '../../../config/load/database-text.ts';
import { accessSync, constants, existsSync } from 'node:fs';
import { readinessOf } from '../../../activities/database/postgres/server/readiness.ts';
import { figuresOf } from '../../../activities/health/figures-of.ts';
import { inspectBucket } from '../../../activities/offsite/bucket/inspect-bucket.ts';
import { lookAtInclude } from '../../../activities/proxy/look-at-include.ts';
import { driverFor } from '../../../activities/runtime/driver-for.ts';
import { instancesOf } from '../../../activities/runtime/instances-of.ts';
import { catalogue } from '../../../client/catalogue.ts';
import { missingTools } from '../../../activities/updates/missing-tools.ts';
import { checkTarget } from '../../../config/load/check-target.ts';
import { targetFile } from '../../../config/load/load.ts';
import { isPostgres, type Target } from '../../../config/schema/target.ts';
import { plainLine } from '../../../config/text/plain-text.ts';
import type { Figure } from '../../../figures/figure.ts';
import { placeOf } from '../../../state/place.ts';
import { onPurpose } from '../../local/on-purpose.ts';
import { exchangedPrograms } from '../../local/check/exchanged-programs.ts';
import { rootApplication } from '../../local/check/root-application.ts';
import { refusalOf } from '../../output/refusal-of.ts';
import type { Finding } from './inspect.ts';

/**
 * What a target's runbooks find there: its paths and rights, what runs, and one sample of all figures. It takes as long as the
 * application takes to answer some requests, and leaves one key of 10 s in its cache.
 */
export async function lookAtTarget(target: Target): Promise<Finding[]> {
  const { name, directory } = target;
  if (!existsSync(directory)) {
    const hint = `runbook doctor ${name}, on its host`;
    const finding = `"${directory}" is not on this host`;
    return [{ subject: `Directory of ${name}`, state: 'missing', finding, hint }];
  }
  const [running, boot, through, bucket, figures, server] = await Promise.all([
    runs(target),
    afterBoot(target),
    drains(target),
    offsite(target),
    figuresOf(target),
    isPostgres(target) ? readinessOf(target) : [],
  ]);
  const database = server.map((found): Finding => ({ subject: 'Database', ...found }));
  const seen = [
    ...policy(target),
    ...rights(target),
    ...(await claim(target)),
    ...database,
    ...running,
    ...boot,
    ...through,
    ...bucket,
    ...tools(target),
  ];
  return [...seen, ...figures.flatMap(findingOf)];
}

function policy(target: Target): Finding[] {
  const { name } = target;
  const subject = `Target ${name}`;
  const { faults, warnings } = checkTarget(targetFile(name), catalogue);
  return [
    ...faults.map((finding): Finding => ({ subject, state: 'missing', finding })),
    ...[...warnings, ...rootApplication(target), ...exchangedPrograms(target)].map(
      (finding): Finding => ({
        subject,
        state: 'optional',
        finding,
      }),
    ),
  ];
}

/** As the user who asks: whoever serves the target may be another, and root may do everything. */
function rights({ state, backups, database }: Target): Finding[] {
  const wanted = [
    ['State directory', state, constants.W_OK],
    ['Backup directory', backups.directory, constants.W_OK],
    ...(backups.copy === undefined ? [] : [['Second disk', backups.copy, constants.W_OK] as const]),
    ...databaseFiles(database).map(
      (file) => ['Database', file, constants.R_OK | constants.W_OK] as const,
    ),
  ] as const;
  return wanted.map(([subject, path, mode]) => {
    if (!existsSync(path))
      return subject === 'Database'
        ? { subject, state: 'missing', finding: `"${path}" is not there` }
        : { subject, state: 'optional', finding: `"${path}" is not there yet` };
    try {
      accessSync(path, mode);
      return { subject, state: 'ok', finding: path };
    } catch (error) {
      const hint = 'the same as the user who runs the worker';
      return { subject, state: 'missing', finding: (error as Error).message, hint };
    }
  });
}

/** No run can take its target by one that is damaged. */
async function claim(target: Target): Promise<Finding[]> {
  try {
    await placeOf(target);
    return [];
  } catch (error) {
    const refusal = refusalOf(error);
    const finding = refusal?.sentence ?? (error as Error).message;
    const hint = refusal && { hint: refusal.hint };
    return [{ subject: `Claim of ${target.name}`, state: 'missing', finding, ...hint }];
  }
}

/** What is wanted in a night in which it cannot be installed any more. */
function tools(target: Target): Finding[] {
  return missingTools(target).map((found) => ({
    subject: `Target ${target.name}`,
    state: 'optional',
    ...found,
  }));
}

async function runs(target: Target): Promise<Finding[]> {
  const subject = `Application of ${target.name}`;
  const kept = onPurpose(target);
  try {
    const { instances, notes } = await instancesOf(target);
    const described = await driverFor(target)
      .describe()
      .catch(() => undefined);
    const found = instances.map(({ service, state, isApplication, running }): Finding => ({
      subject: isApplication ? subject : `Service ${service}`,
      state: running ? 'ok' : isApplication && kept.length === 0 ? 'missing' : 'optional',
      finding: plainLine(state),
      ...(!running && isApplication && { hint: `runbook target ps ${target.name}` }),
    }));
    const told = [notes, described?.startsAgain ?? []]
      .flat()
      .map((finding): Finding => ({ subject, state: 'optional', finding }));
    return [...found, ...told];
  } catch (error) {
    return [{ subject, state: 'missing', finding: plainLine((error as Error).message) }];
  }
}

/** Who starts it when its machine starts anew. Where that cannot be seen, why it cannot is told above. */
async function afterBoot(target: Target): Promise<Finding[]> {
  const subject = `${target.name} after a reboot`;
  const other = await seenAtBoot(target);
  if (other === 'unseen') return [];
  const { startAtBoot } = target.runtime;
  const by = [
    ...(other === undefined ? [] : [`${other}, starts it`]),
    ...(startAtBoot
      ? ['its worker starts it, unless it was stopped on purpose (runtime.startAtBoot)']
      : []),
  ];
  if (by.length > 0) return [{ subject, state: 'ok', finding: plainLine(by.join('; ')) }];
  const finding = 'nothing starts it when this machine starts anew';
  const hint = 'runtime.startAtBoot: true, and a worker that starts with the machine';
  return [{ subject, state: 'optional', finding, hint }];
}

async function seenAtBoot(target: Target): Promise<string | undefined> {
  try {
    return await driverFor(target).startedAtBootBy?.();
  } catch {
    return 'unseen';
  }
}

/** Nothing stops because it cannot be drained: its users are cut off instead. */
async function drains(target: Target): Promise<Finding[]> {
  const seen = await lookAtInclude(target);
  if (!seen) return [];
  const finding = plainLine(seen.finding);
  const hint = 'docs/lifecycle.md, "Behind a proxy"';
  return [
    {
      subject: `Proxy of ${target.name}`,
      state: seen.well ? 'ok' : 'optional',
      finding,
      ...(!seen.well && { hint }),
    },
  ];
}

/** Backups here are as good as ever when nobody there answers. */
async function offsite(target: Target): Promise<Finding[]> {
  if (!target.backups.offsite) return [];
  const subject = `Bucket of ${target.name}`;
  try {
    return (await inspectBucket(target)).map(({ well, ...found }) => ({
      subject,
      state: well ? 'ok' : 'optional',
      ...found,
    }));
  } catch (error) {
    return [{ subject, state: 'missing', finding: plainLine((error as Error).message) }];
  }
}

const states = { ok: 'ok', warning: 'optional', unknown: 'optional', critical: 'missing' } as const;

/** What does not apply to this target is nothing that anybody looks for. */
function findingOf({ name, verdict, note, action }: Figure): Finding[] {
  if (verdict === 'not applicable') return [];
  const finding = plainLine(verdict === 'unknown' ? `unknown: ${note}` : note);
  return [{ subject: name, state: states[verdict], finding, ...(action && { hint: action }) }];
}
