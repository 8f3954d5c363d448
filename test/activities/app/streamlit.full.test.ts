import { readFileSync, renameSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, vi } from 'vitest';
import { appActivities } from '../../../src/activities/app/app-activities.ts';
import { httpActivities } from '../../../src/activities/app/http-activities.ts';
import { cachedBytes } from '../../../src/activities/app/streamlit-cache.ts';
import { App, type SqliteTarget } from '../../../src/config/schema/target.ts';
import { freePort } from '../../../src/dev/server/free-port.ts';
import { type Lifeline, startLifeline } from '../../../src/dev/server/lifeline.ts';
import { hasPython, installStreamlit } from '../../support/streamlit.ts';
import { ROWS, test as base } from '../../support/target.ts';

/** Versions whose protocol is known to be spoken: that of the manuals, one of 2025, and the newest. */
const versions = ['1.28.2', '1.45.1', 'newest'];

const READS = `
import os, sqlite3, streamlit as st
st.title("Indicators")
db = sqlite3.connect(f"file:{os.environ['APP_DB']}?mode=ro", uri=True)
st.metric("rows", db.execute("select count(*) from indicators").fetchone()[0])
`;
const CACHES = `
import os, time, streamlit as st
@st.cache_data
def load():
    with open(os.environ["APP_DB"] + ".loads", "a") as loads: loads.write("x")
    time.sleep(0.5)
    return "y" * 2_000_000
st.metric("letters", len(load()))
`;
const HIDES = `
import os, streamlit as st
if not os.path.exists(os.environ["APP_DB"]): st.error("Cannot open the database")
`;
const RERUNS = `
import streamlit as st
if "second" not in st.session_state:
    st.session_state.second = True
    st.exception(RuntimeError("of the run before"))
    st.rerun()
box = st.empty()
box.exception(RuntimeError("replaced"))
box.write("fine")
`;

const test = base.extend<{ serve: (python: string, script: string) => Promise<SqliteTarget> }>({
  serve: async ({ target, directory }, use) => {
    let server: Lifeline | undefined;
    await use(async (python, script) => {
      const port = await freePort(0);
      await writeFile(join(directory, 'page.py'), script);
      const args = `-m streamlit run page.py --server.port ${port} --server.address 127.0.0.1 --server.headless true --browser.gatherUsageStats false`;
      server = await startLifeline(python, args.split(' '), {
        cwd: directory,
        env: { ...process.env, APP_DB: target.database.file },
        grace: 0,
      });
      const url = `http://127.0.0.1:${port}/`;
      const app = App.parse({ kind: 'streamlit', url, health: `${url}_stcore/health` });
      await httpActivities({ app }).expectReady();
      return { ...target, app };
    });
    await server?.stop();
  },
});

// Skipped where python3 or its venv module is missing.
describe.skipIf(!hasPython).for(versions)(
  'app.prove with Streamlit %s (needs python3 with venv)',
  (version) => {
    let python: string;
    beforeAll(async () => {
      python = await installStreamlit(version);
    }, 600_000);

    test('proves a page that reads its data', async ({ serve }) => {
      const proof = await appActivities(await serve(python, READS)).prove();

      expect(proof.note).toMatch(
        new RegExp(`^${ROWS} rows in indicators read in \\d+ ms, page ran without exception$`),
      );
      expect(proof.page).toMatchObject({ exceptions: [], errors: [] });
    });

    test('names the exception of a page that cannot open its database, while health answers 200', async ({
      serve,
    }) => {
      const served = await serve(
        python,
        READS.replace("os.environ['APP_DB']", `os.environ['APP_DB'] + '.gone'`),
      );

      expect(await httpActivities(served).isReady()).toBe(true);
      await expect(appActivities(served).prove()).rejects.toMatchObject({
        type: 'NotFunctional',
        nonRetryable: true,
        message: expect.stringMatching(
          /^The page's script fails: .*OperationalError: unable to open database file$/,
        ),
      });
    });

    test('fails when the database is moved away under a running application', async ({
      serve,
      target,
    }) => {
      const served = await serve(python, READS);
      renameSync(target.database.file, `${target.database.file}.elsewhere`);

      expect(await httpActivities(served).isReady()).toBe(true);
      await expect(appActivities(served).prove()).rejects.toMatchObject({ type: 'NotFunctional' });
    });

    test('names a script that does not compile', async ({ serve }) => {
      const proving = appActivities(await serve(python, 'def broken(:\n')).prove();

      await expect(proving).rejects.toThrow(/^The page's script fails: .*SyntaxError/);
    });

    test('judges by what the page shows in the end, after st.rerun and replaced elements', async ({
      serve,
    }) => {
      const { page } = await appActivities(await serve(python, RERUNS)).prove();

      expect(page?.exceptions).toEqual([]);
    });

    test('empties the caches of all users, and fills them again', async ({ serve, target }) => {
      const served = await serve(python, CACHES);
      const app = appActivities(served);
      const loads = () => readFileSync(`${target.database.file}.loads`, 'utf8').length;
      await app.prove();
      await app.prove();
      const before = loads();

      const { note } = await app.clearCache();
      await app.prove();

      expect([before, loads()]).toEqual([1, 2]);
      expect(note).toMatch(/^Streamlit's caches cleared; its script then took \d+ ms$/);
    });

    test('tells what its caches hold', async ({ serve }) => {
      const served = await serve(python, CACHES);
      const before = await cachedBytes(served.app.url);
      await appActivities(served).prove();

      // Its figures may be 5 s old.
      await vi.waitFor(
        async () => expect(await cachedBytes(served.app.url)).toBeGreaterThan(2_000_000),
        { timeout: 15_000, interval: 500 },
      );
      expect(before).toBe(0);
    });

    test('measures its script, for which people wait, and not its page alone', async ({
      serve,
    }) => {
      const served = await serve(python, 'import time\ntime.sleep(0.4)\n');
      const metrics = { responseTime: { warning: '300ms' } };

      const { script, slow, note } = await httpActivities({ ...served, metrics }).measure();

      expect(script).toBeGreaterThanOrEqual(400);
      expect(slow).toBe(true);
      expect(note).toMatch(/ without its script; its script \d+ ms, median of 3 runs$/);
    });

    test('tells the error that a page shows without failing', async ({ serve, directory }) => {
      const served = await serve(
        python,
        HIDES.replace('os.environ["APP_DB"]', `"${directory}/gone"`),
      );

      const { note } = await appActivities(served).prove();

      expect(note).toMatch(
        /page ran without exception but shows an error: "Cannot open the database"$/,
      );
    });
  },
);
