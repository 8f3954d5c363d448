import { describe, expect } from 'vitest';
import { test } from '../../support/run.ts';

describe.concurrent('an automatic run', () => {
  test('is skipped while automation is off, and says why', async ({ runs }) => {
    const off = await runs.run('automation', { turn: 'off', for: '1h' }, { because: 'moving' });
    const held = await runs.run('practice', {}, { automatic: true });
    const asked = await runs.run('practice');
    const backup = await runs.run('daily-backup', {}, { automatic: true });
    const on = await runs.run('automation', { turn: 'on' });
    const free = await runs.run('practice', {}, { automatic: true });

    expect(off.ending).toMatchObject({ outcome: 'done', output: { automation: 'off' } });
    expect(held.ending).toMatchObject({
      outcome: 'skipped',
      notices: [
        {
          message: expect.stringMatching(
            /Automation of "test-\w+" is off until \S+Z: test said so at \S+Z, because "moving"/,
          ),
        },
      ],
    });
    expect(asked.ending.outcome).toBe('done');
    expect(backup.ending.outcome).toBe('done');
    expect(on.ending).toMatchObject({ output: { automation: 'on', was: 'moving' } });
    expect(free.ending.outcome).toBe('done');
  });
});
