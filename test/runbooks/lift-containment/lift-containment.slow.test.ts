import { describe, expect } from 'vitest';
import { failing } from '../../support/people.ts';
import { test } from '../../support/run.ts';

const because = { reason: 'its rows vanish' };

describe.concurrent('lift-containment', () => {
  test('leaves it contained and down when the application does not work', async ({
    systems,
    runs,
  }) => {
    await runs.run('contain', because);
    const before = await systems.containment.find();

    const { ending } = await runs.run('lift-containment', {}, { around: failing('app.prove', 1) });

    expect(ending).toMatchObject({ outcome: 'undone', left: [] });
    expect(await systems.containment.find()).toEqual(before);
    expect(await systems.runtime.describe()).toMatchObject({ running: false });
  });

  test('says that nothing is contained', async ({ runs }) => {
    const { ending } = await runs.run('lift-containment');

    expect(ending).toMatchObject({ outcome: 'failed', failure: { type: 'NotContained' } });
    expect(ending.notices).toEqual([]);
  });
});
