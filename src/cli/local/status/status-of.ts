import { existsSync } from 'node:fs';
import type { Target } from '../../../config/schema/target.ts';
import { type Figure, type Verdict, worstOf } from '../../../figures/figure.ts';
import { lastKnown } from './last-known.ts';
import { measured } from './measured.ts';
import { recordsOf } from './records.ts';
import { type SaidLately, saidLately } from './said-lately.ts';
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
  /** Of the newest figure, the newest verified backup, and what Temporal said, in seconds. */
  readonly ages: {
    readonly figures?: number;
    readonly backup?: number;
    readonly temporal?: number;
  };
}

interface Options {
  /** Only what is seen on this host, and nothing that Temporal knows. */
  readonly local: boolean;
  /** Ask Temporal also when its worker has just done so. */
  readonly anew?: boolean;
  /** How Temporal is asked. Default: over a connection of its own, unless its worker has just done so. */
  readonly ask?: (target: Target) => Promise<readonly StatusLine[]>;
}

export async function statusOf(
  target: Target,
  { local, anew = false, ask }: Options,
): Promise<Status> {
  const now = Date.now();
  const at = new Date(now).toISOString();
  const said = local || anew || ask ? undefined : saidLately(target, now);
  const asked = local ? [] : said ? withAge(said) : (ask ?? fromTemporal)(target);
  const { name, directory } = target;
  if (!existsSync(directory)) {
    const text = `"${directory}" is not on this host`;
    const here: StatusLine = { subject: 'application', verdict: 'unknown', text };
    const lines = [here, ...(await asked)];
    return { target: name, at, verdict: worstOf(lines), lines, figures: [], ages: {} };
  }
  const seen = measured(target, now);
  const { lines: beside, backupAge } = await recordsOf(target, now);
  const lines = [...seen.lines, ...beside, ...(await asked)];
  return {
    target: name,
    at,
    verdict: worstOf(lines),
    lines,
    figures: seen.figures,
    ages: {
      ...(seen.age !== undefined && { figures: Math.round(seen.age / 1000) }),
      ...(said && { temporal: Math.round((now - said.at) / 1000) }),
      ...(backupAge !== undefined && { backup: Math.round(backupAge / 1000) }),
    },
  };
}

/** What is not of now says so. */
function withAge({ lines, text }: SaidLately): StatusLine[] {
  return [...lines, { subject: 'temporal', verdict: 'ok', text }];
}

/** Its client costs more to load than all else. While it does not answer, what it said last is told with its age. */
async function fromTemporal(target: Target): Promise<StatusLine[]> {
  const { temporalLines } = await import('./temporal-lines.ts');
  const lines = await temporalLines(target);
  const isAway = lines.length > 0 && lines.every(({ subject }) => subject === 'temporal');
  return isAway ? [...lines, ...lastKnown(target, Date.now())] : lines;
}
