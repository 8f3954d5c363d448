import { describe, expect, test } from 'vitest';
import type { TimelineEntry } from '../../src/incident/incident.ts';
import { withEntry } from '../../src/incident/timeline.ts';

function entry(text: string, index = 0): TimelineEntry {
  const at = new Date(Date.parse('2026-01-05T02:00:00Z') + index * 1000).toISOString();
  return { at, what: 'note', by: 'ops-1', text };
}

describe('withEntry', () => {
  test('keeps entries as they are while all of them are short', () => {
    const texts = Array.from({ length: 400 }, (_, index) => `Entry ${index}`);

    const timeline = texts.reduce<readonly TimelineEntry[]>(
      (before, text, index) => withEntry(before, entry(text, index)),
      [],
    );

    expect(timeline.map(({ text }) => text)).toEqual(texts);
  });

  test('cuts a long entry with a word about the rest', () => {
    const [only] = withEntry([], entry('x'.repeat(120_000)));

    expect(only!.text).toBe(`${'x'.repeat(5000)} ... (115000 letters cut)`);
  });

  test('keeps of the oldest long entries their beginnings, and the newest in full', () => {
    let timeline: readonly TimelineEntry[] = [];
    for (let index = 0; index < 1000; index += 1)
      timeline = withEntry(timeline, entry(`Entry ${index} ${'x'.repeat(4000)}`, index));

    expect(timeline).toHaveLength(500);
    expect(timeline[0]!.text).toMatch(/^Entry 500 x+ \.\.\. \(\d+ letters cut\)$/);
    expect(timeline.at(-1)!.text).toBe(`Entry 999 ${'x'.repeat(4000)}`);
    expect(JSON.stringify(timeline).length).toBeLessThan(300_000);
  });
});
