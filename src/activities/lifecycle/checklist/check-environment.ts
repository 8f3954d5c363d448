import type { Target } from '../../../config/schema/target.ts';
import { type Check, fails, notApplicable, ok, unknown } from './check-line.ts';
import { madeOf } from './made-of.ts';

/** Whether the variables that the target demands have a value. Never says which. */
export async function checkEnvironment(target: Target): Promise<Check> {
  const { runtime } = target;
  if (runtime.kind === 'process') {
    const names = Object.keys(runtime.environment);
    const empty = names.filter((name) => runtime.environment[name] === '');
    if (empty.length > 0)
      return fails(
        `${empty.join(', ')} of "runtime.environment" ${empty.length > 1 ? 'are' : 'is'} empty`,
        "give a value in the target's file",
      );
    return names.length > 0 ? ok(names.join(', ')) : notApplicable('The target demands none');
  }
  const names = runtime.environment;
  if (names.length === 0) return notApplicable('The target demands none');
  const { environment, unknown: why } = await madeOf(target, runtime);
  if (!environment) return unknown(`Nobody can tell whether they are set: ${why}`);
  const missing = names.filter((name) => !environment[name]);
  if (missing.length === 0) return ok(names.join(', '));
  const have = missing.length > 1 ? 'have no value' : 'has no value';
  return fails(
    `${missing.join(', ')} ${have} in the container of service "${runtime.service}"`,
    'set it in .env or the Compose file, and make the container anew with docker compose up -d',
  );
}
