import { z } from 'zod';
import { Duration } from '../time/duration.ts';
import { UnitName } from './values/unit-name.ts';

/** One path, or several in their order. */
const Paths = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

/**
 * Whether a worker starts it when its machine has started anew. Docker and systemd do so by themselves, where they are told to; what was
 * stopped on purpose stays down.
 */
const startAtBoot = z.boolean().optional();

/** How the application's processes are started and stopped. */
export const Runtime = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('process').describe('A local process that survives its worker'),
    command: z.array(z.string()).min(1),
    environment: z.record(z.string(), z.string()).default({}),
    log: z.string().min(1).default('logs/app.log'),
    /** From the polite order to stop to the forced end: B stops with 30 s. */
    stopGrace: Duration.default('30s'),
    startAtBoot,
  }),
  z.strictObject({
    kind: z.literal('compose').describe('One service of a Docker Compose project'),
    /**
     * Its Compose file, or several that are merged. Without it, or by the name of a default one: what Compose finds by itself in
     * the target's directory, with its override file, or what `COMPOSE_FILE` in `.env` says.
     */
    file: Paths.optional(),
    service: z.string().min(1),
    /** Its name, as `-p`. Without it: what Compose takes, as a rule the directory's name. */
    project: z
      .string()
      .regex(/^[a-z0-9][a-z0-9_-]*$/, 'Expected small letters, digits, "-" and "_"')
      .optional(),
    /** Profiles that are on, as `--profile`. */
    profiles: z.array(z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/)).default([]),
    /** Read instead of `.env`, as `--env-file`. Compose 1.29 takes one only. */
    envFile: Paths.optional(),
    stopGrace: Duration.default('30s'),
    startAtBoot,
    /** Names that must be set in the container. */
    environment: z.array(z.string()).default([]),
  }),
  z.strictObject({
    kind: z.literal('systemd').describe('A service of the systemd of its host'),
    unit: UnitName,
    /** Those of `systemctl --user` belong to a login: nobody is there to start them at night. */
    user: z
      .never(
        'Units of a user ("systemctl --user") are not supported: make it a unit of the system with "User="',
      )
      .optional(),
    /** What has not ended then is killed, or earlier by the unit's own `TimeoutStopSec`. */
    stopGrace: Duration.default('30s'),
    startAtBoot,
    /** Names that must be set by `Environment=` or a file of `EnvironmentFile=`. */
    environment: z.array(z.string()).default([]),
  }),
]);
export type Runtime = z.infer<typeof Runtime>;
export type ComposeRuntime = Extract<Runtime, { kind: 'compose' }>;
export type SystemdRuntime = Extract<Runtime, { kind: 'systemd' }>;
