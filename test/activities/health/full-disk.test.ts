import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { figuresOf } from '../../../src/activities/health/figures-of.ts';
import type { Figure } from '../../../src/figures/figure.ts';
import { openWatch } from '../../../src/figures/watch.ts';
import { openFigures } from '../../../src/state/figures/open-figures.ts';
import { canMount, fillDisk, mountDisk, NO_DISK } from '../../support/small-disk.ts';
import { test } from '../../support/target.ts';

describe('a target whose disk is full', () => {
  test('is measured all the same, and people hear of the disk, though nothing can be kept', async ({
    target,
    directory,
    skip,
  }) => {
    skip(!canMount, NO_DISK);
    const state = join(directory, 'small');
    const unmount = mountDisk(state, 1);
    try {
      const small = { ...target, state };
      fillDisk(state);
      const watch = openWatch();
      const beside = { isNeeded: (disk: Figure) => disk.name.endsWith(` ${state}`) };

      const figures = await figuresOf(small);
      const changes = [1, 2, 3].flatMap(() => watch.take(figures, beside).changes);

      expect(() => openFigures(state).record(figures, new Date().toISOString())).toThrow(
        /Cannot write ".*figures.db"/,
      );
      expect(figures.find(({ name }) => name === `disk.used ${state}`)).toMatchObject({
        verdict: 'critical',
      });
      expect(changes.map(({ alert, severity }) => `${alert.alertname} ${severity}`)).toContain(
        'DiskFull sev1',
      );
      expect(changes.map(({ alert }) => alert.alertname)).not.toContain('ApplicationDown');
    } finally {
      unmount();
    }
  });
});
