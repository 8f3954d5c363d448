import type { Target } from '../../../config/schema/target.ts';
import { backupSamples } from './backup-samples.ts';
import { type ClaimFacts, claimFacts } from './claim-facts.ts';
import { drillSamples } from './drill-samples.ts';
import type { Sample } from './metrics-text.ts';
import { runSamples } from './run-samples.ts';
import { statusSamples } from './status-samples.ts';
import type { RunTally } from './tally-runs.ts';

/** What lies beside a target, as metrics. */
export interface BesideSamples {
  readonly samples: readonly Sample[];
  /** Missing: it cannot be read. */
  readonly claim?: ClaimFacts;
}

/** What can be unreadable by itself. */
const SOURCES = ['audit', 'backups', 'drills', 'claim', 'status'] as const;
type Source = (typeof SOURCES)[number];

/** Reads, and makes nothing. What cannot be read is a metric that says so, and hides nothing else. `now` in ms since 1970. */
export function besideSamples(
  target: Target,
  tally: () => readonly RunTally[],
  now: number,
): BesideSamples {
  const unreadable = new Set<Source>();
  const read = <Answer>(source: Source, work: () => Answer): Answer | undefined => {
    try {
      return work();
    } catch {
      unreadable.add(source);
      return undefined;
    }
  };
  const backups = read('backups', () => backupSamples(target));
  if (backups?.hasUnread) unreadable.add('backups');
  const claim = read('claim', () => claimFacts(target, now));
  const found = [
    ...(read('audit', () => runSamples(target, tally())) ?? []),
    ...(backups?.samples ?? []),
    ...(read('drills', () => drillSamples(target)) ?? []),
    ...(read('status', () => statusSamples(target)) ?? []),
  ];
  const readable = SOURCES.map((of) => readableSample(target.name, of, !unreadable.has(of)));
  return { samples: [...readable, ...found], ...(claim && { claim }) };
}

/** Of a target of which nothing came in time. */
export function unreadableSamples(target: string): Sample[] {
  return SOURCES.map((of) => readableSample(target, of, false));
}

function readableSample(target: string, of: Source, readable: boolean): Sample {
  return { name: 'runbook_state_readable', labels: { target, of }, value: readable ? 1 : 0 };
}
