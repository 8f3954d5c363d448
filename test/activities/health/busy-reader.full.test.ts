import { spawn } from 'node:child_process';
import { once } from 'node:events';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { locks } from '../../../src/activities/health/database/locks.ts';
import { test } from '../../support/target.ts';
import { sampler } from './support/sampling.ts';

/** Reads for 70 ms of each 100. */
const BUSY_READER = `
  const Database = require('better-sqlite3');
  const db = new Database(process.argv[1], { readonly: true });
  console.log('reads');
  setInterval(() => {
    db.exec('begin');
    db.prepare('select count(*) from indicators').get();
    setTimeout(() => db.exec('commit'), 70);
  }, 100);
`;

describe('locks', () => {
  test('take nobody for a long reader who reads again and again', async ({ target }) => {
    const { file } = target.database;
    const reader = spawn(process.execPath, ['-e', BUSY_READER, file]);
    await once(reader.stdout, 'data');
    const writer = new Database(file);
    writer.exec('create table large as select zeroblob(10000000) as bytes');
    writer.close();
    const sample = sampler(target);

    const verdicts = [];
    for (let samples = 0; samples < 5; samples += 1)
      verdicts.push((await sample(locks))['database.reader']!.verdict);
    reader.kill();

    expect(verdicts).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
  });
});
