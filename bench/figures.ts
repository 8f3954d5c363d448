import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { figuresOf } from '../src/activities/health/figures-of.ts';
import { createSystems } from '../src/activities/index.ts';
import { createDemoWorld } from '../src/dev/demo/demo-target.ts';
import type { Figure } from '../src/figures/figure.ts';
import { mergeSketches, percentileOf } from '../src/figures/sketch.ts';
import { openFigures } from '../src/state/figures/open-figures.ts';
import { sampleTarget } from './sample-target.ts';

type Notify = (line: string) => void;

const SAMPLES = 20;
const SERIES = 40;
const DAYS = Number(process.env['BENCH_DAYS'] ?? 14);
const START = Date.parse('2026-01-01T00:00:00.000Z');

/** Processor time of a sample; of keeping 40 figures, and of reading them by the hour, beside doing so from what was measured. */
export async function run(tell: Notify) {
  const directory = mkdtempSync(join(tmpdir(), 'bench-figures-'));
  try {
    const sample = await costOfSample(directory);
    tell(`a sample: ${sample.toFixed(1)} ms of processor time`);

    const state = join(directory, 'state');
    const store = openFigures(state);
    const minutes = DAYS * 24 * 60;
    tell(`Keeping ${SERIES} figures each minute of ${DAYS} days`);
    const record = costOf(() => {
      for (let minute = 0; minute < minutes; minute += 1)
        store.record(figuresAt(minute), at(minute));
    });
    store.close();
    const { size } = statSync(join(state, 'figures.db'));
    tell(
      `keeping one sample: ${(record / minutes).toFixed(2)} ms; ${DAYS} days: ${megabytes(size)}`,
    );

    const reader = openFigures(state);
    const [from, to] = [at(0), at(minutes)];
    // The first one opens the file.
    reader.newest();
    const newest = costOf(() => reader.newest());
    const byHour = costOf(() => p95ByHour(reader.hours('figure.7', from, to)));
    const raw = costOf(() => p95Of(reader.raw('figure.7', from, to).map(({ value }) => value)));
    reader.close();
    tell(`all newest: ${newest.toFixed(1)} ms`);
    tell(
      `95th percentile of ${DAYS} days: ${byHour.toFixed(1)} ms by the hour, ${raw.toFixed(1)} ms from what was measured (${(raw / byHour).toFixed(1)}x)`,
    );
    return {
      days: DAYS,
      series: SERIES,
      unit: 'ms of processor time',
      sample,
      record: record / minutes,
      bytes: size,
      newest,
      comparisons: [{ name: '95th percentile by the hour', value: byHour, ratio: raw / byHour }],
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Of a sample application that answers: the mean, without the first, which loads code. */
async function costOfSample(directory: string): Promise<number> {
  const template = await sampleTarget(directory, 18_501);
  const { target, redis } = await createDemoWorld(template, join(directory, 'world'), {
    rows: 2000,
  });
  const { runtime, http } = createSystems(target, 'bench');
  await runtime.start();
  try {
    await http.expectReady();
    await figuresOf(target);
    const before = process.cpuUsage();
    for (let sample = 0; sample < SAMPLES; sample += 1) await figuresOf(target);
    return millisecondsSince(before) / SAMPLES;
  } finally {
    await runtime.stop();
    await redis?.stop();
  }
}

function figuresAt(minute: number): Figure[] {
  return Array.from({ length: SERIES }, (_, series) => ({
    name: `figure.${series}`,
    value: 1 + Math.abs(Math.sin(minute * (series + 1))),
    unit: 'seconds',
    source: 'bench',
    at: at(minute),
    verdict: 'ok',
    note: 'Made up by the bench',
  }));
}

function p95ByHour(hours: ReturnType<ReturnType<typeof openFigures>['hours']>): number {
  return percentileOf(mergeSketches(hours.map(({ sketch }) => sketch)), 0.95)!;
}

function p95Of(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.ceil(values.length * 0.95) - 1]!;
}

function costOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  return millisecondsSince(before);
}

function millisecondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function at(minute: number): string {
  return new Date(START + minute * 60_000).toISOString();
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
