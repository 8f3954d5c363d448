import { describe, expect, test } from 'vitest';
import { Backups } from '../../src/config/schema/backups.ts';

const bucket = {
  kind: 's3',
  bucket: 'off-site',
  accessKey: 'env:KEY_ID',
  secretKey: 'file:secret',
};
const encryption = { key: 'file:backups.key' };

describe('backups.offsite', () => {
  test('goes with encryption only: what leaves the host is encrypted', () => {
    const { success, error } = Backups.safeParse({ offsite: bucket });

    expect(success).toBe(false);
    expect(error?.issues).toMatchObject([
      { path: ['offsite'], message: expect.stringContaining('what leaves the host is encrypted') },
    ]);
    expect(Backups.parse({ offsite: bucket, encryption }).offsite).toMatchObject({
      region: 'us-east-1',
      part: '16MB',
      age: { warning: '2d', critical: '4d' },
    });
  });

  test.each([
    [{ endpoint: 'http://s3.example.com' }, 'Expected "https://HOST[:PORT]"'],
    [{ endpoint: 'https://user:secret@s3.example.com' }, 'Expected "https://HOST[:PORT]"'],
    [{ endpoint: 'https://s3.example.com/path' }, 'Expected "https://HOST[:PORT]"'],
    [{ secretKey: 'hunter2' }, 'the secret itself does not belong here'],
    [{ bucket: 'Off_Site' }, 'Expected the name of a bucket'],
    [{ prefix: '../other' }, 'Expected names other than ".."'],
    [{ prefix: '/absolute' }, 'Expected names with "/" between them'],
    [{ part: '1MB' }, 'Expected "5MB" to "512MB"'],
    [{ age: { warning: '4d', critical: '2d' } }, 'Expected "warning" below "critical"'],
  ])('refuses %j', (fault, message) => {
    const { error } = Backups.safeParse({ offsite: { ...bucket, ...fault }, encryption });

    expect(error?.issues.map((issue) => issue.message).join()).toContain(message);
  });

  test.each(['https://s3.example.com:9000', 'http://127.0.0.1:7070', 'http://[::1]:7070'])(
    'takes the endpoint %s',
    (endpoint) => {
      expect(Backups.parse({ offsite: { ...bucket, endpoint }, encryption }).offsite).toMatchObject(
        { endpoint },
      );
    },
  );
});
