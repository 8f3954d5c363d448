import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { inspectBucket } from '../../../src/activities/offsite/bucket/inspect-bucket.ts';
import { findOnPath } from '../../../src/dev/server/find-on-path.ts';
import { hasVersitygw, startBucketServer } from '../../support/s3/bucket-server.ts';
import { test } from '../../support/target.ts';
import { offsiteTarget } from './support/offsite-target.ts';

const canServe = hasVersitygw && findOnPath('openssl') !== undefined;

describe.skipIf(!canServe)('a bucket behind TLS (needs versitygw and openssl)', () => {
  test('is believed by the certificate that the target names, and by no other', async ({
    directory,
  }) => {
    const cert = join(directory, 'ca.pem');
    const key = join(directory, 'ca.key');
    const words =
      'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=bucket';
    execFileSync(
      'openssl',
      [...words.split(' '), '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert],
      { stdio: 'ignore' },
    );
    const server = await startBucketServer({ tls: { cert, key } });
    try {
      const trusting = await offsiteTarget(directory, { server, offsite: { ca: cert } });
      const strange = await offsiteTarget(directory, { server });

      expect((await inspectBucket(trusting))[0]).toMatchObject({ well: true });
      await expect(inspectBucket(strange)).rejects.toMatchObject({
        type: 'OffsiteUnreachable',
        message: expect.stringContaining('DEPTH_ZERO_SELF_SIGNED_CERT'),
      });
    } finally {
      await server.stop();
    }
  });
});
