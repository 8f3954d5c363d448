import { fc } from '@fast-check/vitest';

const severity = fc.constantFrom('sev1', 'sev2', 'sev3');
const source = fc.nat(2);
const minutes = fc.nat(300);

/** What happens, to the fault and to what should tell people of it. */
const What = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('fire'), source, severity }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('clear'), source }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('acknowledge') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('note') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('resolve') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('severity'), severity }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('escalate') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reassign'), to: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('respond'), to: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unacknowledge') }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('snooze'), minutes: fc.constantFrom(20, 100, 300) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('hold'), minutes }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lift') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('silence'), minutes }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('unsilence') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('worker'), up: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('mail'), up: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pager'), up: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('slow'), on: fc.boolean() }) },
);

export type Severity = 'sev1' | 'sev2' | 'sev3';

/** What is said to the incident: it waits while no worker is there. */
export type Said =
  | { readonly do: 'fire'; readonly source: number; readonly severity: Severity }
  | { readonly do: 'clear'; readonly source: number }
  | { readonly do: 'acknowledge' | 'unacknowledge' | 'note' | 'resolve' | 'reopen' | 'escalate' }
  | { readonly do: 'severity'; readonly severity: Severity }
  /** `to`: the first, second or third whom the manual of a sev1 names. */
  | { readonly do: 'reassign' | 'respond'; readonly to: number }
  | { readonly do: 'snooze'; readonly minutes: number };

export type Act =
  | Said
  | { readonly do: 'hold' | 'silence'; readonly minutes: number }
  | { readonly do: 'lift' | 'unsilence' }
  | { readonly do: 'worker' | 'mail' | 'pager'; readonly up: boolean }
  /** Whether channels take 40 s for an answer. */
  | { readonly do: 'slow'; readonly on: boolean };

const AROUND: readonly string[] = [
  'hold',
  'silence',
  'lift',
  'unsilence',
  'worker',
  'mail',
  'pager',
  'slow',
];

export function isSaid(act: Act): act is Said {
  return !AROUND.includes(act.do);
}

export interface Story {
  /** Whose policy: `a` or `b`, the two manuals. */
  readonly manual: 'a' | 'b';
  /** How far the clocks of the sources are ahead, in minutes. */
  readonly clocks: readonly [number, number, number];
  readonly acts: readonly { readonly after: number; readonly act: Act }[];
}

const clock = fc.integer({ min: -180, max: 180 });

export const stories = fc.record({
  manual: fc.constantFrom('a', 'b'),
  clocks: fc.tuple(clock, clock, clock),
  acts: fc.array(
    fc.record({
      // Minutes: often nothing lies between, and sometimes the length of a night.
      after: fc.oneof(
        { weight: 3, arbitrary: fc.constant(0) },
        { weight: 4, arbitrary: fc.nat(20) },
        { weight: 3, arbitrary: fc.nat(150) },
        { weight: 1, arbitrary: fc.nat(600) },
      ),
      act: What,
    }),
    { minLength: 1, maxLength: 14 },
  ),
}) as fc.Arbitrary<Story>;
