import { describe, expect } from 'vitest';
import { healthActivities } from '../../../src/activities/health/health-activities.ts';
import type { Target } from '../../../src/config/schema/target.ts';
import { readStopped, writeStopped } from '../../../src/state/stopped.ts';
import { test } from '../../support/target.ts';
import { startWebServer } from './support/web-server.ts';

describe('an application that was stopped on purpose', () => {
  test('is measured again when somebody has started it by hand, and not before', async ({
    target,
  }) => {
    const server = await startWebServer();
    try {
      const app = { ...target.app, url: `${server.url}/`, health: `${server.url}/health` };
      const down = { ...target, app: { ...target.app, timeout: '1s' } };
      stopped(target, 3600);

      expect(await healthOf(down)).toBe('not applicable');
      expect(readStopped(target)).toBeDefined();
      expect(await healthOf({ ...target, app })).toBe('ok');
      expect(readStopped(target)).toBeUndefined();
    } finally {
      server.process.kill('SIGKILL');
    }
  });

  test('that has only just stopped keeps its record, whatever answers', async ({ target }) => {
    const server = await startWebServer();
    try {
      const app = { ...target.app, url: `${server.url}/`, health: `${server.url}/health` };
      stopped(target, 1);

      expect(await healthOf({ ...target, app })).toBe('not applicable');
      expect(readStopped(target)).toBeDefined();
    } finally {
      server.process.kill('SIGKILL');
    }
  });
});

function stopped(target: Target, seconds: number): void {
  writeStopped(target, {
    by: 'anna',
    because: 'a move',
    at: new Date(Date.now() - seconds * 1000).toISOString(),
    run: 'stop-application/test/20260105_020000',
  });
}

async function healthOf(target: Target) {
  const figures = await healthActivities(target).sample();
  return figures.find(({ name }) => name === 'app.health')!.verdict;
}
