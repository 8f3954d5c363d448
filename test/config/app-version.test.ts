import { describe, expect, test } from 'vitest';
import { withAbsolutePaths } from '../../src/config/load/absolute-paths.ts';
import { App } from '../../src/config/schema/app.ts';
import { targetIn } from '../support/target.ts';

const app = { url: 'http://127.0.0.1:1/', health: 'http://127.0.0.1:1/' };

describe('app.version', () => {
  test('is a file in the directory of the target, or a variable', () => {
    const target = targetIn('shop', { app: { ...app, version: { file: 'VERSION' } } });

    expect(withAbsolutePaths(target, '/srv').app.version).toEqual({ file: '/srv/shop/VERSION' });
    expect(App.parse({ ...app, version: { variable: 'APP_VERSION' } }).version).toEqual({
      variable: 'APP_VERSION',
    });
  });

  test('is no command, and no two places', () => {
    expect(App.safeParse({ ...app, version: { variable: '$(id)' } }).success).toBe(false);
    expect(App.safeParse({ ...app, version: { variable: 'A', file: 'B' } }).success).toBe(false);
  });
});
