import { existsSync } from 'node:fs';
import type { Target } from '../../../config/schema/target.ts';
import { type Figure, type Verdict, worstOf } from '../../../figures/figure.ts';
import { measured } from './measured.ts';
import { backupAge, recordLines } from './records.ts';
import type { StatusLine } from './status-line.ts';

/** How a target stands now. */
export interface Status {
  readonly target: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The worst of all lines. */
  readonly verdict: Verdict;
  readonly lines: readonly StatusLine[];
  readonly figures: readonly Figure[];
  /** Of the newest figure and the newest verified backup, in seconds. */
  readonly ages: { readonly figures?: number; readonly backup?: number };
}

interface Options {
  /** Only what is seen on this host, and nothing that Temporal knows. */
  readonly local: boolean;
  /** How Temporal is asked. Default: over a connection of its own. */
  readonly ask?: (target: Target) => Promise<readonly StatusLine[]>;
}

export async function statusOf(
  target: Target,
  { local, ask = fromTemporal }: Options,
): Promise<Status> {
  const now = Date.now();
  const at = new Date(now).toISOString();
  const asked = local ? [] : ask(target);
  const { name, directory } = target;
  if (!existsSync(directory)) {
    const text = `"${directory}" is not on this host`;
    const here: StatusLine = { subject: 'application', verdict: 'unknown', text };
    const lines = [here, ...(await asked)];
    return { target: name, at, verdict: worstOf(lines), lines, figures: [], ages: {} };
  }
  const seen = measured(target, now);
  const lines = [...seen.lines, ...(await recordLines(target, now)), ...(await asked)];
  const backup = backupAge(target, now);
  return {
    target: name,
    at,
    verdict: worstOf(lines),
    lines,
    figures: seen.figures,
    ages: {
      ...(seen.age !== undefined && { figures: Math.round(seen.age / 1000) }),
      ...(backup !== undefined && { backup: Math.round(backup / 1000) }),
    },
  };
}

/** Its client costs more to load than all else. */
async function fromTemporal(target: Target): Promise<StatusLine[]> {
  const { temporalLines } = await import('./temporal-lines.ts');
  return temporalLines(target);
}
