import { describe, expect, test } from 'vitest';
import { seedOfThisRun } from '../../../integration/kills/dice.ts';
import { loseNoSecret } from './support/lose-no-secret.ts';
import { canRead, readers } from './support/real-readers.ts';

/** RUNBOOK_PAIRS=10000 takes some minutes. */
const PAIRS = Number(process.env['RUNBOOK_PAIRS'] ?? 500);

describe.skipIf(!canRead)('live secrets (need docker-compose and python3-dotenv)', () => {
  test.each(Object.keys(readers))('are in the merged file as %s finds them live', async (name) => {
    const seed = seedOfThisRun();

    const { lost, ...counts } = await loseNoSecret(readers[name]!, { pairs: PAIRS, seed });

    console.log(`RUNBOOK_SEED=${seed}: ${name}: ${JSON.stringify(counts)}`);
    expect(lost).toEqual([]);
    // To refuse all, or to have nothing to lose, proves nothing.
    expect(counts.merged).toBeGreaterThan(PAIRS / 4);
    expect(counts.secrets).toBeGreaterThan(PAIRS / 8);
  });
});
