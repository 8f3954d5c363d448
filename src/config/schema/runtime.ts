import { z } from 'zod';
import { Duration } from '../time/duration.ts';

/** How the application's processes are started and stopped. */
export const Runtime = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('process').describe('A local process that survives its worker'),
    command: z.array(z.string()).min(1),
    environment: z.record(z.string(), z.string()).default({}),
    log: z.string().min(1).default('logs/app.log'),
    /** From the polite order to stop to the forced end: B stops with 30 s. */
    stopGrace: Duration.default('30s'),
  }),
  z.strictObject({
    kind: z.literal('compose').describe('One service of a Docker Compose project'),
    file: z.string().min(1).default('docker-compose.yml'),
    service: z.string(),
    stopGrace: Duration.default('30s'),
    /** Names that must be set in the container. */
    environment: z.array(z.string()).default([]),
  }),
]);
export type Runtime = z.infer<typeof Runtime>;
