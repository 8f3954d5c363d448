import { z } from 'zod';
import { defineRunbook } from '../../src/engine/define-runbook.ts';

/** A runbook without a purpose: each line uses one power of the engine. */
export const practice = defineRunbook({
  name: 'practice',
  title: 'Practice',
  purpose: 'Put the engine to the test',
  family: 'lifecycle',
  severity: 'sev3',
  kind: 'acts',
  expected: '10m',

  input: z.object({
    /** Asks for approval of the second line. */
    approve: z.boolean().default(false),
    bug: z.boolean().default(false),
    /** Fails the first of two lines that run side by side. */
    beside: z.boolean().default(false),
    parts: z.array(z.string()).default([]),
  }),

  plan: {
    inspect: 'Inspect the application',
    clear: 'Clear cache',
    check: 'Check health',
    parts: 'Read some lines of the log',
    left: 'Work on the left',
    right: 'Work on the right',
    end: 'Inspect again',
  },

  async run({ input, step }) {
    await step.inspect(({ runtime }) => runtime.describe());
    await step.clear(({ redis }) => redis.clearPrefix(), {
      undo: ({ redis }) => redis.ping(),
      ...(input.approve && { approve: 'it is only practice' }),
    });
    if (input.bug) (undefined as unknown as { field: () => void }).field();
    const ready = await step.check(({ http }) => http.isReady(), { ifSkipped: false });
    const parts = await step.parts.each(
      input.parts,
      (part) => `Part ${part}`,
      ({ runtime }, part) => runtime.logs(Number(part)),
      { atOnce: 2 },
    );
    if (input.beside) {
      await Promise.all([
        step.left(({ http }) => http.expectReady()),
        step.right(({ runtime }) => runtime.logs(1), { undo: ({ redis }) => redis.ping() }),
      ]);
    }
    await step.end(({ runtime }) => runtime.describe());
    return { ready, parts: parts.length };
  },
});

/** A runbook that gives way to any other. */
export const courteous = defineRunbook({
  name: 'courteous',
  title: 'Courteous',
  purpose: 'Put the engine to the test',
  family: 'lifecycle',
  severity: 'sev4',
  kind: 'acts',
  expected: '10m',
  whenHeld: 'skip',
  input: z.object({}),
  plan: { inspect: 'Inspect the application' },
  async run({ step }) {
    return step.inspect(({ runtime }) => runtime.describe());
  },
});

/** Runs others as parts of itself. */
export const parent = defineRunbook({
  name: 'parent',
  title: 'Parent',
  purpose: 'Put the engine to the test',
  family: 'lifecycle',
  severity: 'sev3',
  kind: 'acts',
  expected: '10m',
  input: z.object({
    /** Lets the first child fail. */
    bug: z.boolean().default(false),
    /** Fails after both children are done. */
    fail: z.boolean().default(false),
  }),
  plan: {
    clear: 'Clear cache',
    practise: 'Practise',
    again: 'Practise side by side',
    end: 'Inspect the application',
  },

  async run({ input, step }) {
    await step.clear(({ redis }) => redis.clearPrefix(), { undo: ({ redis }) => redis.ping() });
    const first = await step.practise(
      ({ runbook }) => runbook(practice, { bug: input.bug, parts: ['1'] }),
      { undo: ({ redis }) => redis.ping(), note: ({ parts }) => `${parts} part` },
    );
    const both = await step.again.each(
      ['1', '2'],
      (part) => `Part ${part}`,
      ({ runbook }) => runbook(courteous, {}),
    );
    await step.end(async ({ runtime, http }) =>
      input.fail ? http.expectReady() : runtime.describe(),
    );
    return { parts: first.parts, children: both.length };
  },
});

/** Disturbs people, and so keeps to the window. */
export const windowed = defineRunbook({
  name: 'windowed',
  title: 'Windowed',
  purpose: 'Put the engine to the test',
  family: 'maintenance',
  severity: 'sev3',
  kind: 'acts',
  expected: '10m',
  onlyInWindow: true,
  downtime: { from: 'stop', until: 'start' },
  input: z.object({}),
  plan: {
    inspect: 'Inspect',
    stop: 'Stop',
    chore: 'Do a chore',
    start: 'Start',
    last: 'Inspect again',
  },

  async run({ step }) {
    await step.inspect(({ runtime }) => runtime.describe());
    await step.stop(({ redis }) => redis.clearPrefix(), { undo: ({ redis }) => redis.ping() });
    const chore = await step.chore(({ runtime }) => runtime.logs(1), { ifPastCutoff: undefined });
    await step.start(({ runtime }) => runtime.describe());
    await step.last(({ runtime }) => runtime.describe());
    return { chore: chore !== undefined };
  },
});

/** A list of things to do inside the window, each by itself. */
export const choring = defineRunbook({
  name: 'choring',
  title: 'Choring',
  purpose: 'Put the engine to the test',
  family: 'maintenance',
  severity: 'sev2',
  kind: 'acts',
  expected: '10m',
  onlyInWindow: true,
  endsPartly: true,
  downtime: { from: 'chores', until: 'last' },
  input: z.object({ chores: z.array(z.string()) }),
  plan: { chores: 'Do the chores', check: 'Check health', last: 'Inspect' },

  async run({ input, step, notDone }) {
    const ends = await step.chores.eachByItself(
      input.chores,
      (chore) => `Chore ${chore}`,
      ({ runtime }, chore) => runtime.logs(Number(chore)),
    );
    await step.check(({ http }) => http.isReady(), { ifFailed: false, ifPastCutoff: false });
    await step.last(({ runtime }) => runtime.describe());
    return { ends, notDone: notDone() };
  },
});
