import type { Target } from '../../../config/schema/target.ts';
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
    { line: 'Database file exists and is readable', ...checkDatabase(target, user) },
    { line: 'Log directory has write permissions', ...checkLogs(target, user) },
    { line: 'Environment variables are set', ...(await checkEnvironment(target)) },
    { line: `Port ${target.app.port ?? port ?? ''} is available`, ...(await checkPort(target)) },
    {
      line: `Memory >= ${minimumMemory ?? 'any'} available`,
      ...checkMemory(target, await runs(target)),
    },
    { line: 'Dependency versions', ...(await checkVersions(target)) },
  ];
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
