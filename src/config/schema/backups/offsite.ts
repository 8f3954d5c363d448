import { z } from 'zod';
import { BackupClass } from '../values/backup-class.ts';
import { Duration, inMilliseconds } from '../../time/duration.ts';
import { Bytes, inBytes } from '../values/quantities.ts';
import { SecretName } from '../values/secret.ts';

/** What S3 takes for a part, but for the last one. */
const PART_MIN = 5 * 2 ** 20;
/** One part is in memory at a time. */
const PART_MAX = 512 * 2 ** 20;

const Endpoint = z.string().refine(isEndpoint, {
  error: 'Expected "https://HOST[:PORT]"; without TLS only a server on this machine is asked',
});

/**
 * A bucket of S3 or of a server that speaks it, on other premises. Only encrypted backups go there. The key needs to put, read and list, and
 * nothing else: the bucket's own lock keeps what is there, and its lifecycle removes it.
 */
export const Offsite = z.strictObject({
  kind: z.literal('s3'),
  bucket: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      'Expected the name of a bucket, such as "backups"',
    ),
  /** Before the target's name: a backup lies in `<prefix>/<target>/<id>/`. */
  prefix: z
    .string()
    .max(500)
    .regex(/^(?:[\w.-]+(?:\/[\w.-]+)*)?$/, 'Expected names with "/" between them')
    .refine((prefix) => !/(^|\/)\.{1,2}(\/|$)/.test(prefix), 'Expected names other than ".."')
    .default(''),
  region: z
    .string()
    .regex(/^[a-z0-9-]{1,60}$/, 'Expected a region, such as "eu-central-1"')
    .default('us-east-1'),
  /** Of a server other than that of Amazon. */
  endpoint: Endpoint.optional(),
  /** How the bucket is named in addresses: `https://HOST/BUCKET/`, as most other servers want it. Default: where an endpoint is named. */
  pathStyle: z.boolean().optional(),
  /** The certificate of who signed the server's, in PEM. Relative to the target's directory. */
  ca: z.string().min(1).optional(),
  accessKey: SecretName,
  secretKey: SecretName,
  /** What is sent anew at most when sending breaks off. A file has 10 000 of them at most: larger ones get larger parts. */
  part: Bytes.refine((bytes) => inBytes(bytes) >= PART_MIN && inBytes(bytes) <= PART_MAX, {
    error: 'Expected "5MB" to "512MB"',
  }).default('16MB'),
  /** Backups of these classes go there, older ones too that have not yet. */
  classes: z.array(BackupClass).min(1).default(['daily', 'weekly', 'emergency', 'adopted']),
  /** How old the newest copy there may get. */
  age: z
    .strictObject({
      warning: Duration.default('2d'),
      critical: Duration.default('4d'),
    })
    .refine(({ warning, critical }) => inMilliseconds(warning) < inMilliseconds(critical), {
      error: 'Expected "warning" below "critical"',
    })
    .prefault({}),
});
export type Offsite = z.infer<typeof Offsite>;

/** Signatures keep keys secret without TLS, and names and numbers in manifests are still nobody's business. */
function isEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname, search, hash, username } = new URL(text);
  if (pathname !== '/' || search !== '' || hash !== '' || username !== '') return false;
  return (
    protocol === 'https:' ||
    (protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname))
  );
}
