import { execFileSync } from 'node:child_process';
import { existsSync, renameSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import envPaths from 'env-paths';
import { execa } from 'execa';
import { beforeAll, describe, expect } from 'vitest';
import { appActivities } from '../../../src/activities/app/app-activities.ts';
import { httpActivities } from '../../../src/activities/app/http-activities.ts';
import { App, type Target } from '../../../src/config/schema/target.ts';
import { freePort } from '../../../src/dev/server/free-port.ts';
import { type Lifeline, startLifeline } from '../../../src/dev/server/lifeline.ts';
import { ROWS, test as base } from '../../support/target.ts';

const hasPython = (() => {
  try {
    return (
      execFileSync('python3', ['-c', 'import venv, ensurepip'], { stdio: 'pipe' }).length === 0
    );
  } catch {
    return false;
  }
})();

/** Versions whose protocol is known to be spoken: one of 2025, and the newest. */
const versions = ['1.45.1', 'newest'];

const READS = `
import os, sqlite3, streamlit as st
st.title("Indicators")
db = sqlite3.connect(f"file:{os.environ['APP_DB']}?mode=ro", uri=True)
st.metric("rows", db.execute("select count(*) from indicators").fetchone()[0])
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

const test = base.extend<{ serve: (python: string, script: string) => Promise<Target> }>({
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

/** Installed once a machine. */
async function installStreamlit(version: string): Promise<string> {
  const { cache } = envPaths('durable-runbooks', { suffix: '' });
  const venv = join(cache, `streamlit-${version}`);
  const python = join(venv, 'bin', 'python');
  const done = join(venv, 'installed');
  if (existsSync(done)) return python;
  await execa('python3', ['-m', 'venv', '--clear', venv]);
  const wanted = version === 'newest' ? 'streamlit' : `streamlit==${version}`;
  await execa(python, ['-m', 'pip', 'install', '--quiet', wanted]);
  await writeFile(done, '');
  return python;
}
