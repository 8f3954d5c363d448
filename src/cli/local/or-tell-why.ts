import type { Target } from '../../config/schema/target.ts';
import { exitCodes } from '../output/exit-code.ts';
import { say } from '../output/say.ts';

/** What helps against what an activity throws that is called without a run. */
const hints: Readonly<Record<string, (target: Target) => string>> = {
  DockerMissing: () => 'install docker with its Compose plugin, then runbook doctor',
  DockerUnreachable: () => 'systemctl status docker',
  ProjectUnclear: () => 'say "runtime.project" in the target file: docs/targets.md',
  NoSpace: () => 'df -h, then make room',
  SidecarsElsewhere: ({ name }) => `runbook target check targets/${name}.yaml`,
  DatabaseMissing: ({ name }) => `runbook target ps ${name}, and look where the database is`,
  PostgresUnreachable: () =>
    'pg_isready with the host and port of the target, then systemctl status postgresql',
  PostgresRefused: () =>
    'look at "database.user" and "database.password", and at pg_hba.conf on the server',
  DatabaseLocked: ({ name }) => `runbook start database-locked -t ${name}`,
  DatabaseCorrupt: ({ name }) => `runbook start database-issue -t ${name}`,
};

/**
 * Does what has no run of its own, and tells a failure that was foreseen without a stack: `Error:`, `Try:`, exit code 1. SQLite's own
 * are among them. All others go on.
 */
export async function orTellWhy(target: Target, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const type = typeOf(error as { type?: unknown; code?: unknown });
    if (type === undefined) throw error;
    const hint = hints[type]?.(target) ?? 'runbook doctor';
    say(`Error: ${(error as Error).message}`, `Try: ${hint}`);
    process.exitCode = exitCodes.failed;
  }
}

function typeOf({ type, code }: { type?: unknown; code?: unknown }): string | undefined {
  if (typeof type === 'string') return type;
  if (typeof code !== 'string' || !code.startsWith('SQLITE_')) return undefined;
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return 'DatabaseCorrupt';
  return /^SQLITE_(BUSY|LOCKED)/.test(code) ? 'DatabaseLocked' : code;
}
