import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineRunbook } from '../../src/engine/define-runbook.ts';
import { activityPolicies } from '../../src/engine/run/activity-policies.ts';
import { expectDefinition, type RunbookFacts } from '../../src/engine/run/runbook-facts.ts';

const facts = {
  name: 'tidy-up',
  title: 'Tidy up',
  purpose: 'Put the engine to the test',
  family: 'maintenance',
  severity: 'sev4',
  kind: 'acts',
  expected: '5m',
  input: z.object({}),
  plan: { stop: 'Stop application', start: 'Start application' },
} as const satisfies RunbookFacts;

describe('a damaged definition', () => {
  test.each([
    ['in family "recovery" without the right to recover', { family: 'recovery' }, 'whenIncomplete'],
    ['of a family that there is not', { family: 'rescue' }, 'no family "rescue"'],
    ['whose downtime names no line', { downtime: { from: 'halt', until: 'start' } }, 'line "halt"'],
    [
      'that only reads, and takes targets over',
      { kind: 'reads', whenIncomplete: 'leave' },
      'reads',
    ],
    [
      'that runs beside others, and stops them',
      { beside: true, governed: false, whenHeld: 'preempt' },
      'waits for none',
    ],
    ['that runs beside others, and is held back', { beside: true }, 'no governor'],
    ['without a plan', { plan: {} }, 'no line'],
  ])('%s fails the start, with the reason', (_what, fault, reason) => {
    const damaged = { ...facts, ...fault, run: async () => {} };

    expect(() => defineRunbook(damaged as never)).toThrow('Runbook "tidy-up": ');
    expect(() => defineRunbook(damaged as never)).toThrow(reason);
  });

  test('does not compile', () => {
    // @ts-expect-error A recovery recovers.
    const recovery: RunbookFacts = { ...facts, family: 'recovery' };
    const downtime: RunbookFacts<typeof facts.plan> = {
      ...facts,
      // @ts-expect-error There is no line "halt".
      downtime: { from: 'halt', until: 'start' },
    };
    const { 'database.swap': forgotten, ...others } = activityPolicies;
    // @ts-expect-error An activity has no policy.
    const policies: typeof activityPolicies = others;
    // @ts-expect-error What no claim guards says so, because a plan must not call it.
    const guarded: typeof activityPolicies = { ...activityPolicies, 'channels.test': forgotten };

    expect(() => expectDefinition(recovery)).toThrow('whenIncomplete: recover');
    expect(() => expectDefinition(downtime as RunbookFacts)).toThrow('no line "halt"');
    expect(Object.keys(policies)).toHaveLength(Object.keys(guarded).length - 1);
  });

  test('is none of the catalogue', () => {
    expect(() => expectDefinition(facts)).not.toThrow();
  });
});
