import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { measurementsOf } from '../src/activities/records/measurements-of.ts';
import { type SqliteTarget, Target } from '../src/config/schema/target.ts';
import type { Unit } from '../src/figures/figure.ts';
import { encodeSketch, sketchOf } from '../src/figures/sketch.ts';
import { performanceHtml } from '../src/report/performance/performance-html.ts';
import { performanceMarkdown } from '../src/report/performance/performance-markdown.ts';
import { openFigures } from '../src/state/figures/open-figures.ts';

type Notify = (line: string) => void;

const DAY = 86_400_000;
const HOUR = 3600;
const SAMPLES = 60;

const series: Readonly<Record<string, { readonly unit: Unit; readonly usual: number }>> = {
  'response.p50': { unit: 'seconds', usual: 0.2 },
  'response.p95': { unit: 'seconds', usual: 0.9 },
  'response.failures': { unit: 'ratio', usual: 0.01 },
  'memory.host': { unit: 'ratio', usual: 0.5 },
  'memory.container': { unit: 'ratio', usual: 0.6 },
  'memory.application': { unit: 'bytes', usual: 4e8 },
  'cpu.host': { unit: 'ratio', usual: 0.2 },
  'database.size': { unit: 'bytes', usual: 3e8 },
  'database.log': { unit: 'bytes', usual: 4e6 },
  'data.query': { unit: 'seconds', usual: 0.004 },
  'database.writeLock': { unit: 'ratio', usual: 0.05 },
  'redis.hitRatio': { unit: 'ratio', usual: 0.9 },
  'redis.memory': { unit: 'ratio', usual: 0.3 },
  'app.users': { unit: 'count', usual: 20 },
  'network.bytes': { unit: 'bytes per second', usual: 1e6 },
  'disk.used /': { unit: 'ratio', usual: 0.7 },
  'disk.used /srv': { unit: 'ratio', usual: 0.5 },
};

/** Processor time of a report: of a week, and of a year, each of a sample a minute of 17 series. */
export async function run(tell: Notify) {
  const directory = mkdtempSync(join(tmpdir(), 'bench-report-'));
  try {
    const target = targetIn(directory);
    const now = Math.floor(Date.now() / 1000 / HOUR) * HOUR;
    fill(target.state, now);
    const costs = [7, 365].map((days) => {
      const before = process.cpuUsage();
      const measurements = measurementsOf(target, days * DAY, now * 1000);
      const html = performanceHtml(measurements);
      performanceMarkdown(measurements);
      const { user, system } = process.cpuUsage(before);
      const cost = (user + system) / 1000;
      tell(`${days} days: ${cost.toFixed(0)} ms, ${(html.length / 1000).toFixed(0)} kB`);
      return { days, cost, bytes: html.length };
    });
    return { unit: 'ms of processor time', series: Object.keys(series).length, costs };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function targetIn(directory: string): SqliteTarget {
  return Target.parse({
    name: 'bench',
    directory,
    state: join(directory, 'state'),
    runtime: { kind: 'process', command: ['false'] },
    app: { url: 'http://127.0.0.1:1', health: 'http://127.0.0.1:1/' },
    database: { kind: 'sqlite', file: join(directory, 'bench.db'), keyTable: 'rows' },
    backups: { directory: join(directory, 'backups') },
    metrics: {
      responseTime: { warning: '2s', critical: '5s' },
      databaseSize: { warning: '500MB', critical: '1GB' },
    },
  }) as SqliteTarget;
}

/** The hours as the store has them, without 525 600 records to make them of. */
function fill(state: string, now: number): void {
  const at = new Date(now * 1000).toISOString();
  const store = openFigures(state);
  store.record(
    Object.entries(series).map(([name, { unit, usual }]) => {
      return { name, unit, value: usual, source: 'bench', at, verdict: 'ok', note: 'Made up' };
    }),
    at,
  );
  store.close();
  const db = new Database(join(state, 'figures.db'));
  const insert = db.prepare('insert or replace into hour values (?, ?, ?, ?, ?, ?, ?)');
  const last = now / HOUR;
  db.transaction(() => {
    for (const [name, { usual }] of Object.entries(series)) {
      const id = db.prepare('select id from series where name = ?').pluck().get(name);
      db.prepare('update series set rolled = ? where id = ?').run(last, id);
      for (let hour = last - 365 * 24; hour < last; hour += 1) {
        const values = Array.from(
          { length: SAMPLES },
          (_, minute) => usual * (1 + 0.3 * Math.sin(hour / 24 + minute * 1.7)),
        );
        const sum = values.reduce((all, value) => all + value, 0);
        const [low, high] = [Math.min(...values), Math.max(...values)];
        insert.run(id, hour, SAMPLES, low, high, sum, encodeSketch(sketchOf(values)));
      }
    }
  })();
  db.close();
}
