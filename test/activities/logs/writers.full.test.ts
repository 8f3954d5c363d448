import { describe } from 'vitest';
import { cutUnderLoad, renameUnderLoad } from '../logs-support/under-load.ts';
import { test } from '../logs-support/world.ts';

describe('logs.rotate while a writer writes 20 MB a second for long', () => {
  test('loses no line by rename and reopen, and tears none', async ({ live, logged }) => {
    await renameUnderLoad(live, logged, 30);
  });

  test('loses no more by copy and cut than it says', async ({ live, logged }) => {
    await cutUnderLoad(live, logged, 60);
  });
}, 180_000);
