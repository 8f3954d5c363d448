import { chmodSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { figuresOf } from '../../../src/activities/health/figures-of.ts';
import { Metrics } from '../../../src/config/schema/measuring/metrics.ts';
import { test } from '../../support/target.ts';
import { startWebServer } from './support/web-server.ts';

/** More of them: `RUNBOOK_CHECKS=1000`, 15 minutes. */
const CHECKS = Number(process.env['RUNBOOK_CHECKS'] ?? 50);
const WRITES = 20;

describe('a healthy target', () => {
  test(
    'is never called anything else, while people use it and write to it',
    { timeout: CHECKS * 5000 },
    async ({ target }) => {
      const server = await startWebServer();
      const healthy = {
        ...target,
        app: { ...target.app, url: server.url, health: server.url, timeout: '10s' },
        // The limits of the manuals, but for the processors: these are busy with tests.
        metrics: Metrics.parse({
          responseTime: { warning: '2s', critical: '5s' },
          errorRate: { warning: '1%', critical: '5%' },
          memory: { warning: '80%', critical: '90%' },
          disk: { warning: '80%', critical: '95%' },
          queryTime: { warning: '100ms' },
          databaseSize: { warning: '500MB', critical: '1GB' },
          errorsInLog: { warning: 1 },
          lockWait: { warning: '90%' },
        }),
      };
      chmodSync(target.database.file, 0o600);
      const db = new Database(target.database.file);
      const insert = db.prepare('insert into indicators (region, value) values (?, ?)');
      const alarms: string[] = [];
      let used = 0;

      for (let check = 0; check < CHECKS; check += 1) {
        for (let write = 0; write < WRITES; write += 1) insert.run('here', write);
        const before = process.cpuUsage();
        const figures = await figuresOf(healthy);
        const { user, system } = process.cpuUsage(before);
        used += (user + system) / 1000;
        for (const { name, verdict, note } of figures)
          if (verdict !== 'ok' && verdict !== 'not applicable')
            alarms.push(`${verdict}: ${name}, ${note}`);
      }
      db.close();
      server.process.kill();

      // What is unknown because this machine itself is slow is no alarm of the target's.
      expect(alarms.filter((text) => !text.includes('this machine waits'))).toEqual([]);
      expect(used / CHECKS).toBeLessThan(300);
    },
  );
});
