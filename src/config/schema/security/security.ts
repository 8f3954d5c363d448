import { z } from 'zod';
import { DurationAboveZero } from '../../time/duration.ts';

/** Permissions, in octal: `600`. */
const Mode = z.string().regex(/^[0-7]{3}$/, 'Expected permissions in octal, such as "600"');

/** `203.0.113.7`, `2001:db8::7`, or a network, such as `203.0.113.0/24`. */
const AddressOrNetwork = z.union(
  [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()],
  'Expected an address or a network, such as "203.0.113.7" or "2001:db8::/32"',
);

const count = z.int().min(1);

/** Where failed logins are looked for, and how many of one source within a time are too many. */
const Logins = z
  .strictObject({
    /** Of `logs`: those in which the application writes down failed logins. That none is in there then means that there was none. */
    logs: z.array(z.string().min(1)).default([]),
    /** Of the host, in the form of syslog. Those that are not there are passed over. */
    files: z.array(z.string().min(1)).default(['/var/log/auth.log', '/var/log/secure']),
    /** Whether the journal of systemd is read, where it has one. */
    journal: z.boolean().default(true),
    /** fail2ban's own default: 5 in 10 minutes. */
    within: DurationAboveZero.default('10m'),
    warning: count.default(5),
    critical: count.default(50),
  })
  .refine(({ warning, critical }) => warning <= critical, 'Expected "warning" up to "critical"');

/** How addresses are blocked: by the kernel of this host, or by an nginx in front that alone knows who its clients are. */
const Block = z
  .strictObject({
    kind: z.enum(['nft', 'nginx']).default('nft'),
    /** The program: `[nft]`, `[ip, netns, exec, edge, nft]`, `[nginx]`. */
    command: z.array(z.string().min(1)).min(1).optional(),
    /** nginx: a file of ours, which its configuration includes in `http`, `server` or `location`. */
    include: z
      .string()
      .regex(/^\/(?!.*\/$)/, 'Expected an absolute path')
      .optional(),
    /** So long an address stays blocked, unless the run is told another time. */
    for: DurationAboveZero.default('24h'),
    /** When nobody has approved it by then, the next level is called. */
    escalateAfter: DurationAboveZero.default('10m'),
  })
  .refine(
    ({ kind, include }) => (kind === 'nginx') === (include !== undefined),
    'Expected "include" with "kind: nginx", and only with it',
  );

/** What security-monitoring, security-incident and security-checklist go by. */
export const Security = z.strictObject({
  /** What the checklist demands of production alone is a remark elsewhere. */
  environment: z.enum(['production', 'staging', 'development']).default('production'),
  logins: Logins.prefault({}),
  /** Words of a line in the logs that deserve a look. A's own. */
  suspicious: z
    .array(z.string().min(3).max(100))
    .max(50)
    .default(['unusual', 'suspicious', 'attack']),
  /** Besides the database, as `database.mode` says, and `.env`, with 600: files, and the permissions that they have at most. */
  permissions: z
    .array(z.strictObject({ file: z.string().min(1), mode: Mode.default('600') }))
    .max(200)
    .default([]),
  /** Security updates that wait. */
  updates: z
    .strictObject({
      warning: count.default(1),
      critical: count.optional(),
      /** Older lists of packages tell nothing of what is new. */
      listsMaximumAge: DurationAboveZero.default('7d'),
    })
    .prefault({}),
  block: Block.prefault({}),
  /** Who is never blocked: operators, offices, load balancers, monitoring. */
  never: z.array(AddressOrNetwork).max(1000).default([]),
  /** Files besides the logs that are kept as evidence. */
  evidence: z.array(z.string().min(1)).max(100).default([]),
  /** What a request without credentials must be refused at. Missing: the page itself. */
  authentication: z.strictObject({ path: z.string().startsWith('/').default('/') }).prefault({}),
  /** B: dependencies are updated monthly. */
  dependenciesMaximumAge: DurationAboveZero.default('31d'),
});
export type Security = z.infer<typeof Security>;
