import { describe, expect, test } from 'vitest';
import { grpcCompressionFor } from '../../../src/client/connection/grpc-compression-for.ts';

describe('grpcCompressionFor', () => {
  test.for(['127.0.0.1:7233', '127.1.2.3:7233', 'localhost:7233', 'localhost', '[::1]:7233'])(
    'compresses nothing to %s, which is this machine',
    (address) => {
      expect(grpcCompressionFor(address)).toEqual({ codec: 'none' });
    },
  );

  test.for(['temporal:7233', '10.0.0.5:7233', '127.0.0.1.example.org:7233', 'localhost.lan:7233'])(
    'compresses to %s, which may be far away',
    (address) => {
      expect(grpcCompressionFor(address)).toEqual({ codec: 'gzip' });
    },
  );
});
