import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { createSystems } from '../../../src/activities/index.ts';
import { test } from '../../support/target.ts';

const first = {
  by: 'ops-1',
  since: '2026-01-05T02:00:00.000Z',
  reason: 'its rows vanish',
  run: 'contain/shop/20260105_020000',
  ran: true,
};

describe('containment', () => {
  test('is whose it was first, and leaves nothing when it is removed', async ({ target }) => {
    const { containment } = createSystems(target, 'test');
    const before = readdirSync(target.state);

    const answers = [
      await containment.record(first),
      await containment.record({ ...first, by: 'ops-2', ran: false }),
      await containment.find(),
      await containment.remove(),
      await containment.remove(),
      await containment.find(),
    ];

    expect(answers).toMatchObject([
      { changed: true, contained: first },
      { changed: false, contained: first },
      { contained: { ...first, note: expect.stringContaining(`-t ${target.name}`) } },
      { changed: true },
      { changed: false },
      {},
    ]);
    expect(readdirSync(target.state)).toEqual(before);
  });

  test('that cannot be read keeps the application down, and says which file to read', async ({
    target,
  }) => {
    const { containment, runtime } = createSystems(target, 'test');
    const file = join(target.state, 'containment.json');
    writeFileSync(file, '{"by":"op');

    const refused = [containment.find(), containment.remove(), runtime.start()];

    for (const one of refused)
      await expect(one).rejects.toMatchObject({
        type: 'ContainmentUnreadable',
        nonRetryable: true,
        message: expect.stringContaining(`Cannot read "${file}"`),
      });
    expect(readFileSync(file, 'utf8')).toBe('{"by":"op');
  });

  test.for(['', 'null', '{}', '{"by":"op', '\0\u{1F4A9}'])(
    'is recorded anew over a record that is %j',
    async (spoilt, { target }) => {
      const { containment, runtime } = createSystems(target, 'test');
      writeFileSync(join(target.state, 'containment.json'), spoilt);
      await expect(runtime.start()).rejects.toMatchObject({ type: 'ContainmentUnreadable' });

      const recorded = await containment.record(first);

      expect(recorded).toMatchObject({ changed: true, contained: first });
      expect(await containment.find()).toMatchObject({ contained: first });
    },
  );

  test('lets only its own run say later that the application was down', async ({ target }) => {
    const { containment } = createSystems(target, 'test');
    await containment.record(first);

    const other = await containment.record({ ...first, run: 'contain/shop/x', ran: false });
    const own = await containment.record({ ...first, ran: false });
    const again = await containment.record({ ...first, ran: false });

    expect(other).toMatchObject({ changed: false, contained: first });
    expect(own).toMatchObject({ changed: true, contained: { ran: false } });
    expect(again.changed).toBe(false);
    expect([other.own, own.own, again.own]).toEqual([false, true, true]);
    expect(await containment.remove('contain/shop/x')).toEqual({ changed: false });
    expect(await containment.find()).toMatchObject({ contained: { ran: false } });
    expect(await containment.remove(first.run)).toEqual({ changed: true });
  });
});
