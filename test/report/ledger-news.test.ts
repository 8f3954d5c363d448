import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { openLedger } from '../../src/engine/run/ledger.ts';
import { openNews } from '../../src/report/ledger/ledger-news.ts';

const BEGUN = '2026-01-05T02:00:00.000Z';
const after = (milliseconds: number) => Date.parse(BEGUN) + milliseconds;

describe('openNews', () => {
  test('tells that a step has begun only when it lasts, and once', () => {
    const news = openNews(new PassThrough());
    const ledger = openLedger({ find: 'Find the backup', stop: 'Stop application' });
    Object.assign(ledger[0]!, { state: 'running', startedAt: BEGUN });
    const run = { status: 'RUNNING', ledger, retrying: [] };

    const told = [100, 1500, 1700].map((time) => news(run, after(time)).map((line) => line.trim()));

    expect(told).toEqual([[], [expect.stringMatching(/^> +1 Find the backup .* running$/)], []]);
  });

  test('tells how long a step that lasts usually takes, and not again when that is known later', () => {
    const ledger = openLedger({ find: 'Find the backup', stop: 'Stop application' });
    Object.assign(ledger[0]!, { state: 'running', startedAt: BEGUN });
    const run = { status: 'RUNNING', ledger, retrying: [] };
    const usual = new Map([['find', 40_000]]);
    const [early, late] = [openNews(new PassThrough()), openNews(new PassThrough())];

    expect(early({ ...run, usual }, after(1500))).toEqual([
      expect.stringMatching(/running, usually 40\.0 s$/),
    ]);
    expect(late(run, after(1500))).toEqual([expect.stringMatching(/running$/)]);
    expect(late({ ...run, usual }, after(1700))).toEqual([]);
  });

  test('tells the end of a step, and nothing of steps that were not reached', () => {
    const news = openNews(new PassThrough());
    const ledger = openLedger({ find: 'Find the backup', stop: 'Stop application' });
    const finishedAt = '2026-01-05T02:00:02.500Z';
    Object.assign(ledger[0]!, { state: 'done', startedAt: BEGUN, finishedAt, note: 'found' });
    ledger[1]!.state = 'unreached';

    const lines = news({ status: 'FAILED', ledger, retrying: [] }, after(3000));

    expect(lines).toEqual(['✓  1 Find the backup     2.50 s  found']);
  });

  test('tells the same trouble once, however often it is tried again', () => {
    const news = openNews(new PassThrough());
    const retry = { activity: 'target.take', message: '"shop" is held' };

    const told = [2, 3, 4].map((attempt) =>
      news({ status: 'RUNNING', retrying: [{ ...retry, attempt }] }, after(0)),
    );

    expect(told).toEqual([['     target.take, attempt 2: "shop" is held'], [], []]);
  });
});
