import { describe, expect } from 'vitest';
import { Exports } from '../../../src/config/schema/app.ts';
import { test } from '../../support/run.ts';

describe.concurrent('export-failures', () => {
  test('makes a CSV of every row, and says what would repair the others', async ({
    world,
    runs,
  }) => {
    world.exports = Exports.parse({
      python: ['python3', '-I', '-S'],
      pdf: 'reportlab',
      png: 'kaleido',
    });

    const { ending } = await runs.run('export-failures');

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(ending.output).toMatchObject({
      diagnosis: expect.stringMatching(/module "reportlab" is not installed .*module "kaleido"/),
      evidence: expect.arrayContaining([expect.stringMatching(/^CSV: 1000 rows/)]),
      tried: [],
      helped: '',
      exports: { csv: 'ok', pdf: 'critical', png: 'critical' },
    });
  });

  test('says of a target without "exports" that it is unknown, never well', async ({ runs }) => {
    const { ending } = await runs.run('export-failures');

    expect(ending.output).toMatchObject({
      diagnosis: expect.stringContaining('does not say how exports are made'),
      exports: { csv: 'unknown', pdf: 'unknown', png: 'unknown' },
    });
  });
});
