import { describe, expect } from 'vitest';
import { cutUnderLoad, renameUnderLoad } from './support/under-load.ts';
import { test } from './support/world.ts';

describe('logs.rotate while a writer writes 20 MB a second for long', () => {
  test('loses no line by rename and reopen, and tears none', async ({ live, logged }) => {
    const seen = await renameUnderLoad(live, logged, 20);

    expect(seen).toMatchObject({ missing: 0, twice: 0, torn: 0, packed: 19 });
  });

  test('loses no more by copy and cut than it says', async ({ live, logged }) => {
    const { missing, twice, atRisk } = await cutUnderLoad(live, logged, 40);

    expect(twice).toBe(0);
    expect(missing).toBeLessThanOrEqual(atRisk);
  });
}, 180_000);
