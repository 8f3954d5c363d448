import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { appActivities } from '../../../src/activities/app/app-activities.ts';
import { App, type SqliteTarget } from '../../../src/config/schema/target.ts';
import { ROWS, test as base } from '../../support/target.ts';

/** The target with a real server before it, which answers each path with a status of its own. */
const test = base.extend<{
  served: (statuses?: Record<string, number>, kind?: 'web' | 'streamlit') => Promise<SqliteTarget>;
}>({
  served: async ({ target }, use) => {
    let server: Server | undefined;
    await use(async (statuses = {}, kind = 'web') => {
      server = createServer((request, response) =>
        response.writeHead(statuses[request.url!] ?? 200).end(),
      );
      await new Promise<void>((done) => server!.listen(0, '127.0.0.1', done));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const app = App.parse({ kind, url, health: `${url}health`, ready: { within: '2s' } });
      return { ...target, app };
    });
    server?.closeAllConnections();
    server?.close();
  },
});

describe('app.prove', () => {
  test('proves health, page and data, with their figures', async ({ served }) => {
    const proof = await appActivities(await served()).prove();

    expect(proof).toEqual({
      note: expect.stringMatching(new RegExp(`^${ROWS} rows in indicators read in \\d+ ms$`)),
      rows: ROWS,
      readMilliseconds: expect.any(Number),
      healthMilliseconds: expect.any(Number),
    });
  });

  test('names the health URL when it does not answer 2xx', async ({ served }) => {
    const proving = appActivities(await served({ '/health': 503 })).prove();

    await expect(proving).rejects.toMatchObject({
      type: 'NotFunctional',
      nonRetryable: true,
      message: expect.stringMatching(/^Health fails: expected 2xx from http:.*\/health, got 503$/),
    });
  });

  test('names the page when only its health is good', async ({ served }) => {
    const proving = appActivities(await served({ '/': 500 })).prove();

    await expect(proving).rejects.toThrow(/^The page fails: expected 2xx from http:.*\/, got 500$/);
  });

  test('fails when the database is gone although every URL answers 200', async ({ served }) => {
    const target = await served();
    rmSync(target.database.file);

    await expect(appActivities(target).prove()).rejects.toMatchObject({
      type: 'NotFunctional',
      message: expect.stringMatching(/^The data fails: .*indicators/),
    });
  });

  test('fails when the key table is empty', async ({ served }) => {
    const target = await served();
    const db = new Database(target.database.file);
    db.exec('delete from indicators');
    db.close();

    await expect(appActivities(target).prove()).rejects.toMatchObject({
      type: 'NoData',
      nonRetryable: true,
    });
  });

  test('fails for Streamlit when the page opens no websocket', async ({ served }) => {
    const proving = appActivities(await served({}, 'streamlit')).prove();

    await expect(proving).rejects.toMatchObject({
      type: 'NotFunctional',
      message: "The page's script fails: the page cannot be opened: no websocket",
    });
  });
});
