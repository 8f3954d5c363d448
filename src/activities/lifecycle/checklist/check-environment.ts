import type { ComposeRuntime, SystemdRuntime } from '../../../config/schema/runtime.ts';
import type { Target } from '../../../config/schema/target.ts';
import { environmentOfUnit } from '../../runtime/systemd/unit-environment.ts';
import { knownUnit } from '../../runtime/systemd/unit.ts';
import { blankInCompose } from './blank-in-compose.ts';
import { type Check, fails, notApplicable, ok, unknown } from './check-line.ts';
import { madeOf } from './made-of.ts';

/** Whether the variables that the target demands are set. Never says to which value. */
export async function checkEnvironment(target: Target): Promise<Check> {
  const { runtime } = target;
  if (runtime.kind === 'process') {
    // Each has the value that stands in the target's file: an empty one was written so by somebody.
    const all = Object.entries(runtime.environment);
    if (all.length === 0) return notApplicable('The target demands none');
    return ok(all.map(([name, value]) => (value === '' ? `${name} (empty)` : name)).join(', '));
  }
  if (runtime.kind === 'systemd') return ofUnit(runtime);
  const check = await checkDemanded(target, runtime);
  const blank = blankInCompose(target.directory, runtime);
  if (blank.length === 0 || check.state === 'failed') return check;
  const are = blank.length > 1 ? 'are secrets' : 'is a secret';
  return unknown(
    `${blank.join(', ')} ${are} of this worker, and empty in a container that it makes: where the application needs it, write it into .env`,
  );
}

async function checkDemanded(target: Target, runtime: ComposeRuntime): Promise<Check> {
  const names = runtime.environment;
  if (names.length === 0) return notApplicable('The target demands none');
  const { environment, unknown: why } = await madeOf(target, runtime);
  if (!environment) return unknown(`Nobody can tell whether they are set: ${why}`);
  const missing = names.filter((name) => environment[name] === undefined);
  if (missing.length > 0) {
    const are = missing.length > 1 ? 'are' : 'is';
    return fails(
      `${missing.join(', ')} ${are} not set in the container of service "${runtime.service}"`,
      'set it in .env or the Compose file, and make the container anew with docker compose up -d',
    );
  }
  const empty = names.filter((name) => environment[name] === '');
  if (empty.length === 0) return ok(names.join(', '));
  const are = empty.length > 1 ? 'are' : 'is';
  return unknown(
    `${empty.join(', ')} ${are} empty in the container of service "${runtime.service}", on purpose or because nothing gives a value`,
  );
}

/** A file that must be there and is not keeps the unit from starting, whatever the target demands. */
async function ofUnit({ unit: name, environment: demanded }: SystemdRuntime): Promise<Check> {
  const { names, missing: files, unread } = environmentOfUnit(await knownUnit(name));
  if (files.length > 0)
    return fails(
      `Unit "${name}" does not start without its EnvironmentFile: ${files.map((file) => `"${file}"`).join(', ')} is not there`,
      'bring it back, or have the unit ignore that by EnvironmentFile=-',
    );
  if (demanded.length === 0) return notApplicable('The target demands none');
  const missing = demanded.filter((one) => !names.has(one));
  if (missing.length > 0 && unread.length > 0)
    return unknown(
      `Nobody can tell whether ${missing.join(', ')} is set: "${unread.join('", "')}" cannot be read whole from here`,
    );
  if (missing.length > 0) {
    const are = missing.length > 1 ? 'are' : 'is';
    return fails(
      `${missing.join(', ')} ${are} not set for unit "${name}"`,
      'set it by Environment= of the unit, or in a file of EnvironmentFile=',
    );
  }
  const empty = demanded.filter((one) => names.get(one)!.isEmpty);
  if (empty.length === 0) return ok(demanded.join(', '));
  return unknown(`${empty.join(', ')} ${empty.length > 1 ? 'are' : 'is'} empty for unit "${name}"`);
}
