import type { Target } from '../../../config/schema/target.ts';
import { failureOf } from '../../../os/failure-of.ts';
import { hostActivities } from '../../host/host-activities.ts';
import { driverFor } from '../../runtime/driver-for.ts';
import { applicationUser } from './application-user.ts';
import { checkDatabase } from './check-database.ts';
import { checkEnvironment } from './check-environment.ts';
import { type Check, type CheckLine, fails, ok, unknown } from './check-line.ts';
import { checkLogs } from './check-logs.ts';
import { checkMemory } from './check-memory.ts';
import { checkVersions } from './check-versions.ts';

/** B's startup checklist, each line by its name there, and the versions of what B installs. All lines, also when the first fails. */
export async function startupChecklist(target: Target): Promise<CheckLine[]> {
  const user = await applicationUser(target);
  const port = new URL(target.app.url).port || target.app.port;
  const { minimumMemory } = target.app;
  return [
    await seen('Database file exists and is readable', () => checkDatabase(target, user)),
    await seen('Log directory has write permissions', () => checkLogs(target, user)),
    await seen('Environment variables are set', () => checkEnvironment(target)),
    await seen(`Port ${target.app.port ?? port ?? ''} is available`, () => checkPort(target)),
    await seen(`Memory >= ${minimumMemory ?? 'any'} available`, async () =>
      checkMemory(target, await runs(target)),
    ),
    await seen('Dependency versions', () => checkVersions(target)),
  ];
}

/** What keeps us from looking, such as a directory that is closed for this worker, keeps no other line from being looked at. */
async function seen(line: string, check: () => Check | Promise<Check>): Promise<CheckLine> {
  try {
    return { line, ...(await check()) };
  } catch (error) {
    return { line, ...unknown(`Nobody can tell from here: ${failureOf(error).message}`) };
  }
}

async function checkPort(target: Target): Promise<Check> {
  const { stranger, note } = await hostActivities(target).port();
  if (stranger !== undefined)
    return fails(note, 'end it, or give the application another port: nothing ends it here');
  return /unknown|not of this machine/.test(note) ? unknown(note) : ok(note);
}

/** Who cannot look takes it for down: its start then says why. */
async function runs(target: Target): Promise<boolean> {
  const seen = await driverFor(target)
    .describe()
    .catch(() => undefined);
  return seen?.running === true;
}
