import { createHash } from 'node:crypto';
import type { Target } from '../config/schema/target.ts';

/** The longest name, without its ending: file systems take 255 bytes, and a part of it has more letters. */
const NAME_LENGTH = 150;

/** `database-recovery/demo/20260105_020000` is `database-recovery-20260105_020000`: all files of one target lie together. */
export function runFileName(run: string, { name }: Pick<Target, 'name'>): string {
  const [runbook, target, ...rest] = run.split('/');
  const short = target === name && rest.length > 0 ? `${runbook}-${rest.join('.')}` : run;
  const safe = short
    .replaceAll(/[^\w.-]/g, '_')
    .replace(/^[.-]/, '_')
    .slice(0, NAME_LENGTH);
  if (safe === short && rest.length === 1) return safe;
  // Two ids that differ stay two files.
  return `${safe}-${createHash('sha256').update(run).digest('hex').slice(0, 8)}`;
}

/** The run of such a name, where that tells it: of a child or an incident's run it does not. */
export function runOfFileName(file: string, { name }: Pick<Target, 'name'>): string | undefined {
  const [, runbook, stamp] = /^([a-z-]+)-(\d{8}_\d{6})$/.exec(file) ?? [];
  return runbook && stamp && `${runbook}/${name}/${stamp}`;
}
