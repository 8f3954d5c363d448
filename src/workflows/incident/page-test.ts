import { z } from 'zod';
import type { Way } from '../../activities/channels/channels-activities.ts';
import type { StepSystems } from '../../activities/index.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { reasonOf } from '../../engine/run/ending.ts';
import { failed } from '../../engine/run/failed.ts';
import type { Step } from '../../engine/steps/step.ts';
import type { Delivery } from '../../incident/page.ts';

/**
 * Each contact is tried by each channel on its own, so that one that works does not hide one that does not. What rings is
 * tried only where the target says so. When all is well a check outside gets a signal: it raises the alarm when that stays
 * away.
 */
export const pageTest = defineRunbook({
  name: 'page-test',
  title: 'Test every way to people',
  purpose: 'Send a test page by every way to people, before one is needed and nobody hears it',
  family: 'incident',
  severity: 'sev3',
  kind: 'reads',
  expected: '10m',
  lateness: '6h',

  input: z.object({}),

  plan: {
    find: 'Find every way to people',
    send: 'Send a test page by each that does not ring',
    ring: 'Send one by each that rings',
    signal: 'Signal the check outside that all is well',
  },

  async run({ step }) {
    const { ways, checks, ring, problems } = await step.find(({ channels }) => channels.find(), {
      note: (found) => [`${found.ways.length} found`, ...found.problems].join('; '),
    });
    const faults = [...problems];
    const quiet = ways.filter(({ rings }) => !rings);
    const loud = ways.filter(({ rings }) => rings);
    const untried = ring ? [] : loud;

    if (quiet.length === 0) step.send.omit('There is none');
    else await trySend(step.send, quiet);

    if (loud.length === 0) step.ring.omit('There is none');
    else if (!ring)
      step.ring.omit(`Not tried, as "incidents.synthetic.ring" is false: ${names(loud)}`);
    else await trySend(step.ring, loud);

    if (ways.length > 0 && untried.length === ways.length)
      faults.push('Nothing was tried: all there is rings, and "incidents.synthetic.ring" is false');
    expectNoFault();

    if (checks.length === 0) step.signal.omit('No channel is of kind "healthchecks"');
    else
      await tryEach(step.signal, checks, String, ({ channels }, check) =>
        channels.ping(check, now()),
      );
    expectNoFault();

    return {
      tried: names(ways.filter((way) => !untried.includes(way))),
      notTried: names(untried),
    };

    function trySend(line: Step, some: readonly Way[]): Promise<void> {
      return tryEach(line, some, nameOf, ({ channels }, way) => channels.test(way, now()));
    }

    /** All are begun, so that one that fails leaves none out; one after the other, because each takes a process. */
    async function tryEach<Item>(
      line: Step,
      items: readonly Item[],
      name: (item: Item) => string,
      attempt: (systems: StepSystems, item: Item) => Promise<Delivery>,
    ): Promise<void> {
      let before: Promise<unknown> = Promise.resolve();
      await line.each(
        items,
        name,
        (systems, item) => {
          const turn = before.then(() => taken(name(item), () => attempt(systems, item)));
          before = turn.catch(() => {});
          return turn;
        },
        { atOnce: items.length, note: (answers) => answers.join('; '), ifFailed: [] },
      );
    }

    async function taken(name: string, attempt: () => Promise<Delivery>): Promise<string> {
      const { delivered, member, detail } = await attempt().catch((error: unknown) => {
        faults.push(`${name}: ${reasonOf(error).message}`);
        throw error;
      });
      const text = `${name}${member === undefined ? '' : ` (${member})`}: ${detail}`;
      if (delivered) return text;
      faults.push(text);
      throw failed('Undelivered', text);
    }

    function expectNoFault(): void {
      if (faults.length > 0)
        throw failed('PagesLost', `Cannot notify people: ${faults.join('; ')}`);
    }
  },
});

function nameOf({ contact, channel }: Way): string {
  return `${contact} by ${channel}`;
}

function names(ways: readonly Way[]): string {
  return ways.map(nameOf).join(', ');
}

function now(): string {
  return new Date().toISOString();
}
