import { databaseText } from '../../config/load/database-text.ts';
import { ApplicationFailure } from '@temporalio/common';
import { countText } from '../../config/text/count-text.ts';
import type { Target } from '../../config/schema/target.ts';
import { inMilliseconds } from '../../config/time/duration.ts';
import { acting } from '../../os/acting.ts';
import { permanent } from '../../os/failure.ts';
import { redacted } from '../../os/redacted.ts';
import { answerOf } from './answer-of.ts';
import { readKeyTable } from './key-table.ts';
import type { Started } from './started.ts';
import { type PageRun, runPage } from './streamlit.ts';

export interface Proof {
  /** As text, such as `200000 rows in indicators read in 3 ms, page ran without exception`. */
  readonly note: string;
  readonly rows: number;
  readonly readMilliseconds: number;
  readonly healthMilliseconds: number;
  /** How the page's script ran, for Streamlit. */
  readonly page?: PageRun;
}

/** The application as its users meet it. */
export function appActivities(
  target: Pick<Target, 'app' | 'database' | 'directory'>,
  started?: Started,
) {
  const { app, database } = target;
  const timeout = inMilliseconds(app.timeout);

  return {
    /** How long to pause before each try to start it anew, in ms: as the policy says, doubled each time. */
    async restarts(): Promise<{ pauses: number[] }> {
      const { most, pause } = app.restarts;
      const pauses = Array.from({ length: most }, (_, index) =>
        index === 0 ? 0 : inMilliseconds(pause) * 2 ** (index - 1),
      );
      return { pauses };
    },

    /**
     * Empties the caches that Streamlit keeps in its process, as its menu does, and runs the page's script once, which fills what it needs
     * of them. The caches are those of all users. Error: `NotFunctional`, when the script does not end.
     */
    clearCache: acting(async (): Promise<{ readonly note: string }> => {
      if (app.kind !== 'streamlit')
        return { note: 'Not applicable: only Streamlit keeps a cache in its process' };
      const { milliseconds } = await pageRun({ cleared: true });
      return { note: `Streamlit's caches cleared; its script then took ${milliseconds} ms` };
    }),

    /**
     * Proves that it works, not only that it answers: health, first page, its data in the live file, and
     * the page's script for Streamlit. What a run has started must have opened that very file, too, and is on record as good then. Errors: `NotFunctional` names
     * the part that failed, `NoData`, `MachineRestarted`, `OldDatabaseOpen`, `SidecarsElsewhere`.
     */
    async prove(): Promise<Proof> {
      await started?.expectNotLost();
      const health = await expectAnswer('Health', app.health);
      await expectAnswer('The page', app.url);
      const { keyTable } = database;
      const { rows, milliseconds } = await readData();
      if (rows === 0)
        throw permanent(
          'NoData',
          `Expected rows in "${keyTable}" of "${databaseText(database)}": there are none`,
        );
      const page = app.kind === 'streamlit' ? await expectPage() : undefined;
      const others = await started?.expectOpenedHere();
      await started?.noteGood();
      const note = `${countText(rows, 'row')} in ${keyTable} read in ${milliseconds} ms${pageText(page)}`;
      return {
        note: others === undefined ? note : `${note}. ${others}`,
        rows,
        readMilliseconds: milliseconds,
        healthMilliseconds: health.milliseconds,
        ...(page && { page }),
      };
    },
  };

  async function expectAnswer(part: string, url: string) {
    const answer = await answerOf(url, timeout);
    if (answer.ok) return answer;
    throw notFunctional(`${part} fails: expected 2xx from ${redacted(url)}, got ${answer.text}`);
  }

  async function readData() {
    try {
      return await readKeyTable(target);
    } catch (error) {
      if (error instanceof ApplicationFailure && !error.nonRetryable) throw error;
      throw notFunctional(`The data fails: ${redacted((error as Error).message)}`);
    }
  }

  async function expectPage(): Promise<PageRun> {
    const page = await pageRun();
    const [exception] = page.exceptions;
    if (exception !== undefined) throw notFunctional(`The page's script fails: ${exception}`);
    return page;
  }

  function pageRun(how?: { readonly cleared: true }): Promise<PageRun> {
    return runPage(app.url, inMilliseconds(app.ready.within), how).catch((error: Error) => {
      throw notFunctional(`The page's script fails: ${error.message}`);
    });
  }
}

function pageText(page: PageRun | undefined): string {
  if (!page) return '';
  const [error] = page.errors;
  // Many pages show a red box in good health: reported, not judged.
  return `, page ran without exception${error === undefined ? '' : ` but shows an error: "${error}"`}`;
}

function notFunctional(message: string): ApplicationFailure {
  return permanent('NotFunctional', message);
}
