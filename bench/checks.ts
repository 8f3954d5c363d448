import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { figuresOf } from '../src/activities/health/figures-of.ts';
import { ownSlowness } from '../src/activities/health/judging/own-slowness.ts';
import { createSystems } from '../src/activities/index.ts';
import { Target } from '../src/config/schema/target.ts';
import { createDemoWorld } from '../src/dev/demo/demo-target.ts';
import { freePort } from '../src/dev/server/free-port.ts';
import type { Figure } from '../src/figures/figure.ts';
import { openWatch } from '../src/figures/watch.ts';
import { isAlarming } from '../src/workflows/parts/look-twice.ts';
import { sampleTarget } from './sample-target.ts';

type Notify = (line: string) => void;

const CHECKS = Number(process.env['BENCH_CHECKS'] ?? 1000);
const TOLD_EACH = 50;
const MINUTE = 60_000;

/** What is so whatever the application does: others use this machine, too. */
const OF_THE_MACHINE = /^(?:cpu|memory|disk|network|clock)\./;

export interface Alarms {
  readonly checks: number;
  /** What a second look of the check would have confirmed: people would have been told. */
  readonly confirmed: readonly string[];
  /** What was wrong at the first look only. */
  readonly passing: readonly string[];
  /** What was wrong while this machine waited for its own processors: that says nothing of the application. */
  readonly busy: readonly string[];
  /** Incidents that the worker's own samples would have opened. */
  readonly incidents: readonly string[];
}

/** How often a check of a healthy application says that it is not, of `BENCH_CHECKS`; 1000 unless told otherwise. */
export async function run(tell: Notify) {
  const alarms = await falseAlarms(CHECKS, tell);
  const { checks, confirmed, passing, busy, incidents } = alarms;
  tell(
    `${checks} checks: ${confirmed.length} false alarms, ${passing.length} that a second look took back, ${busy.length} while this machine was busy, ${incidents.length} incidents`,
  );
  return alarms;
}

/** Checks a real application that is written to, again and again, as `health-check` does; its samples are judged as of a minute each. */
export async function falseAlarms(checks: number, tell: Notify): Promise<Alarms> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-checks-'));
  const { target, redis } = await worldIn(directory);
  const { runtime, http } = createSystems(target, 'bench');
  const watch = openWatch();
  const confirmed: string[] = [];
  const passing: string[] = [];
  const busy: string[] = [];
  const incidents: string[] = [];
  const begun = Date.now();
  try {
    await runtime.start();
    await http.expectReady();
    for (let check = 1; check <= checks; check += 1) {
      const first = await look();
      const wrong = first.filter(isFalse);
      if (wrong.length > 0 && ownSlowness() !== undefined) {
        busy.push(...wrong.map(textOf));
        continue;
      }
      const figures = wrong.length > 0 ? await look() : first;
      const still = figures.filter(isFalse);
      confirmed.push(...still.map(textOf));
      if (still.length === 0) passing.push(...wrong.map(textOf));
      const { changes } = watch.take(
        figures.filter(({ name }) => !OF_THE_MACHINE.test(name)),
        { now: begun + check * MINUTE },
      );
      for (const change of changes) {
        watch.told(change);
        if (change.status === 'firing') incidents.push(change.alert.title);
      }
      if (check % TOLD_EACH === 0 || still.length > 0 || wrong.length > 0)
        tell(`${check}: ${[...wrong, ...still].map(textOf).join('; ') || 'all well'}`);
    }
  } finally {
    await runtime.stop();
    await redis?.stop();
    rmSync(directory, { recursive: true, force: true });
  }
  return { checks, confirmed, passing, busy, incidents };

  function look(): Promise<Figure[]> {
    return figuresOf(target, { answers: 20, thorough: true });
  }
}

function isFalse(figure: Figure): boolean {
  if (OF_THE_MACHINE.test(figure.name)) return false;
  return figure.verdict === 'warning' || isAlarming(figure);
}

function textOf({ name, verdict, note }: Figure): string {
  return `${verdict}: ${name}, ${note}`;
}

async function worldIn(directory: string) {
  const template = await sampleTarget(directory, 18_601, {
    cache: {
      kind: 'redis',
      url: `redis://127.0.0.1:${await freePort(16_601)}`,
      scope: 'prefix:demo:',
    },
    // As the manuals' templates have them.
    metrics: {
      responseTime: { warning: '2s' },
      errorRate: { warning: '1%' },
      queryTime: { warning: '100ms' },
      databaseSize: { warning: '1GB' },
      errorsInLog: { warning: 1 },
    },
  });
  const { target, redis } = await createDemoWorld(template, join(directory, 'world'), {
    rows: 20_000,
  });
  chmodSync(target.database.file, 0o600);
  const logs = [{ file: join(target.directory, 'app.log') }];
  return { target: { ...target, logs: Target.shape.logs.parse(logs) }, redis };
}
