import { upsertSearchAttributes } from '@temporalio/workflow';
import type { Outcome } from '../run/ending.ts';
import type { RunbookFacts } from '../run/runbook-facts.ts';
import { searchAttributes } from '../run/search-attributes.ts';

/** Keeps a run findable: by what it is from its start, by its step while it runs, by its outcome for good. */
export function openVisibility(
  { family, severity }: Pick<RunbookFacts, 'family' | 'severity'>,
  target: string,
) {
  let registered = false;
  let state: 'running' | 'waiting' = 'running';

  return {
    /** `known`: whether this namespace has our attributes. To set an unknown one would block the run. */
    begin(known: boolean): void {
      registered = known;
      if (!registered) return;
      upsertSearchAttributes([
        { key: searchAttributes.target, value: target },
        { key: searchAttributes.family, value: family },
        { key: searchAttributes.severity, value: severity },
        { key: searchAttributes.state, value: 'running' },
      ]);
    },

    /** `waiting`: for a person. */
    step(id: string, now: 'running' | 'waiting'): void {
      if (!registered) return;
      const moved = now === state ? [] : [{ key: searchAttributes.state, value: now }];
      state = now;
      upsertSearchAttributes([{ key: searchAttributes.step, value: id }, ...moved]);
    },

    end(outcome: Outcome): void {
      if (registered) upsertSearchAttributes([{ key: searchAttributes.state, value: outcome }]);
    },
  };
}
