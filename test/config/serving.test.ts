import { describe, expect, test } from 'vitest';
import {
  EMPTY,
  elsewhere,
  goesOnElsewhere,
  Registration,
  registered,
  type ServingWorker,
  updated,
  wasCarried,
  withoutWorker,
} from '../../src/config/serving.ts';

const START = Date.parse('2026-01-05T02:00:00.000Z');
const A = 'aaaaaaaa-0000-4000-8000-000000000000';
const B = 'bbbbbbbb-0000-4000-8000-000000000000';

function worker(name: string, place: string, more: Partial<ServingWorker> = {}): ServingWorker {
  return {
    identity: `runbook@${name}/1#1.0.0`,
    place,
    hostname: name,
    bootId: `boot of ${name}`,
    pid: 1,
    version: '1.0.0',
    state: `/${name}/.runbook`,
    policy: 'a1b2c3d4e5f6',
    since: new Date(START).toISOString(),
    ...more,
  };
}

const asking = (one: ServingWorker, more: Partial<Registration> = {}): Registration => ({
  worker: one,
  gone: [],
  takeOver: false,
  ...more,
});
const a = worker('a', A);
const b = worker('b', B);
const servedByA = registered(EMPTY, asking(a));
const later = START + 71_000;

describe('elsewhere', () => {
  test.each<readonly [string, Registration, 'alive' | undefined]>([
    ['another place', asking(b), 'alive'],
    ['another place, when the first is gone', asking(b, { gone: [a.identity] }), undefined],
    ['another place that people ask for', asking(b, { takeOver: true }), undefined],
    ['the same place', asking(worker('a', A, { identity: 'second' })), undefined],
    [
      'the same place after a start of its machine',
      asking(worker('a', A, { bootId: 'x' })),
      undefined,
    ],
    [
      'the same place in another container',
      asking(worker('c', A, { bootId: a.bootId })),
      undefined,
    ],
    ['a copy of the place on another host', asking(worker('c', A)), 'alive'],
    ['a copy where no boot has an id', asking(worker('c', A, { bootId: undefined })), 'alive'],
  ])('judges %s', (_what, registration, why) => {
    expect(elsewhere(servedByA, registration, later)?.why).toBe(why);
  });

  test('lets nobody in who comes before the first could have been heard of', () => {
    const gone = asking(b, { gone: [a.identity] });

    expect(elsewhere(servedByA, gone, START + 69_000)?.by).toEqual(a);
    expect(elsewhere(servedByA, gone, later)).toBeUndefined();
  });

  test('keeps a place away that people have left, until they move the target back', () => {
    const moved = registered(servedByA, asking(b, { takeOver: true }));
    const nobody = withoutWorker(moved, b.identity);

    expect(elsewhere(nobody, asking(a), later)).toMatchObject({ why: 'moved', by: b });
    const back = registered(nobody, asking(a, { takeOver: true }));
    expect(elsewhere(withoutWorker(back, a.identity), asking(a), later)).toBeUndefined();
    expect(elsewhere(withoutWorker(back, a.identity), asking(b), later)?.why).toBe('moved');
  });

  test('lets another place in when the first has left in good order', () => {
    expect(elsewhere(withoutWorker(servedByA, a.identity), asking(b), START)).toBeUndefined();
  });
});

describe('a state directory that was carried to another host', () => {
  const copy = worker('b', A);
  const carried = worker('b', B, { carried: [A] });

  test.each<readonly [string, ServingWorker | undefined, ServingWorker, boolean]>([
    ['another host', a, copy, true],
    ['another start of its machine', a, worker('a', A, { bootId: 'x' }), false],
    ['another container of its machine', a, worker('c', A, { bootId: a.bootId }), false],
    ['another state directory', a, b, false],
    ['the first that ever serves it', undefined, a, false],
  ])('is told from %s', (_what, from, here, was) => {
    expect(wasCarried(from, here)).toBe(was);
  });

  test('is another place by its new id, and what it was carried from is left for good', () => {
    const moved = registered(servedByA, asking(carried));

    expect(moved).toMatchObject({ last: carried, before: a, left: [A] });
    expect(goesOnElsewhere(moved.last, A)).toBe(true);
    expect(goesOnElsewhere(moved.last, B)).toBe(false);
    expect(elsewhere(withoutWorker(moved, carried.identity), asking(a), later)?.why).toBe('moved');
  });

  test('leaves nothing of the first to go on elsewhere where it was not carried', () => {
    const moved = registered(servedByA, asking(b, { takeOver: true }));

    expect(moved.before).toEqual(a);
    expect(goesOnElsewhere(moved.last, A)).toBe(false);
  });
});

describe('registered', () => {
  test('has only workers of the place that serves, and each once', () => {
    const again = { ...a, policy: 'ffffffffffff' };
    const beside = worker('a', A, { identity: 'second' });

    expect(registered(servedByA, asking(again)).workers).toEqual([again]);
    expect(registered(servedByA, asking(beside)).workers).toEqual([a, beside]);
    expect(registered(servedByA, asking(b, { takeOver: true })).workers).toEqual([b]);
  });

  test('stays small', () => {
    let serving = EMPTY;
    for (let count = 0; count < 100; count += 1)
      serving = registered(serving, asking(worker('a', A, { identity: `${count}` })));

    expect(serving.workers).toHaveLength(20);
    expect(serving.workers.at(-1)!.identity).toBe('99');
  });
});

test('a worker that was not let in changes nothing', () => {
  expect(updated(servedByA, b)).toEqual(servedByA);
  expect(updated(servedByA, { ...a, trouble: 'gone' }).workers[0]!.trouble).toBe('gone');
});

test('a registration shows a terminal nothing that it would obey', () => {
  const strange = { ...asking(a), worker: { ...a, hostname: '\u001B[2Jhost' } };

  expect(Registration.safeParse(strange).success).toBe(false);
  expect(Registration.safeParse(asking(a)).success).toBe(true);
});
