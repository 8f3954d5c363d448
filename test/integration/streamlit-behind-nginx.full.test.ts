import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, vi } from 'vitest';
import { createSystems } from '../../src/activities/index.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { runPage } from '../../src/activities/app/streamlit.ts';
import { ask } from '../../src/activities/health/application/ask.ts';
import { stateOf } from '../support/locked.ts';
import { hasNginx, type Nginx, startNginx } from '../support/nginx.ts';
import { reservedPort } from '../support/reserved-port.ts';
import { test as runTest } from '../support/run.ts';
import { hasPython, installStreamlit } from '../support/streamlit.ts';
import { fill, ROWS, targetIn } from '../support/target.ts';

/** Reads its data, and works for long on them when somebody asks for that: for 60 s, and says so at its beginning. */
const PAGE = `
import os, sqlite3, time, streamlit as st
db = sqlite3.connect(f"file:{os.environ['APP_DB']}?mode=ro", uri=True)
st.metric("rows", db.execute("select count(*) from indicators").fetchone()[0])
if os.path.exists(os.environ["APP_DB"] + ".slow"):
    open(os.environ["APP_DB"] + ".works", "w").close()
    time.sleep(60)
`;

/** That of the manuals, and the newest. */
const versions = ['1.28.2', 'newest'];
const pythons = new Map<string, string>();

/** A real Streamlit behind a real nginx, which passes its websocket on. */
function testWith(version: string) {
  return runTest.extend<{ world: SqliteTarget; nginx: Nginx }>({
    world: async ({ directory }, use) => {
      const python = pythons.get(version)!;
      const port = await reservedPort();
      const url = `http://127.0.0.1:${port}/`;
      const file = join(directory, 'app.db');
      await mkdir(join(directory, 'backups'));
      await writeFile(join(directory, 'page.py'), PAGE);
      fill(file, ROWS);
      const options = `--server.port ${port} --server.address 127.0.0.1 --server.headless true --browser.gatherUsageStats false`;
      const target = targetIn(directory, {
        decisions: { wait: '0s', waitWhileDown: '0s' },
        calendar: { hours: '00:00-23:59', weekend: [] },
        runtime: {
          kind: 'process',
          command: [python, '-m', 'streamlit', 'run', 'page.py', ...options.split(' ')],
          environment: { APP_DB: file },
          log: join(directory, 'app.log'),
        },
        app: {
          kind: 'streamlit',
          url,
          health: `${url}_stcore/health`,
          port,
          ready: { within: '90s', every: '500ms' },
          python: { command: [python], versions: { streamlit: '>=1.28' } },
        },
      });
      await use(target);
      await createSystems(target, 'test').runtime.stop();
    },
    nginx: async ({ world, directory }, use) => {
      const nginx = await startNginx(join(directory, 'nginx'), world.app.port!);
      Object.assign(world, { proxy: nginx.proxy });
      await use(nginx);
      await nginx.stop();
    },
  });
}

describe.skipIf(!hasPython || !hasNginx).for(versions)(
  'Streamlit %s behind nginx (needs python3 with venv, and nginx)',
  (version) => {
    const test = testWith(version);
    beforeAll(async () => {
      pythons.set(version, await installStreamlit(version));
    }, 600_000);

    test('is started, checked, restarted under somebody whose page works for long, stopped and started again', async ({
      world,
      nginx,
      runs,
    }) => {
      const slow = `${world.database.file}.slow`;
      const works = `${world.database.file}.works`;
      const through = () => ask(nginx.proxy.url, 5000);

      const first = await runs.run('start-application');
      expect([first.ending.outcome, first.ending.failure?.message]).toEqual(['done', undefined]);
      const health = await runs.run('health-check');
      writeFileSync(slow, '');
      const session = runPage(nginx.proxy.url, 90_000).then(
        () => 'ended',
        (error: Error) => error.message,
      );
      await vi.waitFor(() => expect(existsSync(works)).toBe(true), { timeout: 30_000 });
      rmSync(slow);
      const restart = await runs.run('restart-application');
      const cut = await session;
      const stop = await runs.run('stop-application', { until: '1h' });
      const refused = await through();
      const again = await runs.run('start-application');

      expect(first.ending.output).toMatchObject({
        started: true,
        proof: expect.stringMatching(`^${ROWS} rows in indicators .*page ran without exception$`),
        through: expect.stringMatching(/200 in \d+ ms through the proxy$/),
      });
      expect(health.ending.outcome).toBe('done');
      const seen = JSON.stringify(health.ending.ledger);
      expect(seen).toMatch(/ok: app\.script/);
      expect(seen).toMatch(/ok: proxy\.page/);
      expect([restart.ending.outcome, restart.ending.failure?.message]).toEqual([
        'done',
        undefined,
      ]);
      expect(stateOf(restart.ending, 'drain', 'idle', 'stop', 'test', 'open')).toEqual(
        Array.from({ length: 5 }, () => 'done'),
      );
      const idle = restart.ending.ledger.find(({ id }) => id === 'idle');
      expect(idle?.note).toMatch(/^\d connections? left after the grace of 2s: cut$/);
      expect(cut).not.toBe('ended');
      expect([stop.ending.outcome, refused.text]).toEqual(['done', '503']);
      expect(Date.parse(refused.retryAfter!)).toBeGreaterThan(Date.now());
      expect([again.ending.outcome, (await through()).text]).toEqual(['done', '200']);
    });
  },
);
