import { parse } from 'yaml';
import { z } from 'zod';
import { failureOf } from '../../../../os/failure-of.ts';
import { passing } from '../../../../os/failure.ts';
import type { OnProject } from '../project.ts';

const Text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const Words = z.union([z.string(), z.array(Text)]).nullish();
const Use = z.union([
  z.string(),
  z.looseObject({ source: z.string(), target: z.string().optional() }),
]);

/** What Compose resolves for one service; what is not compared is not read. 1.29 prints short forms, 2 long ones. */
const Service = z.object({
  image: z.string().optional(),
  /** How its image is made. Missing: it comes from elsewhere. */
  build: z.unknown().optional(),
  command: Words,
  entrypoint: Words,
  user: Text.nullish(),
  container_name: z.string().nullish(),
  scale: z.coerce.number().int().nullish(),
  group_add: z.array(Text).nullish(),
  userns_mode: z.string().nullish(),
  environment: z.union([z.record(z.string(), Text.nullable()), z.array(z.string())]).nullish(),
  volumes: z
    .array(
      z.union([
        z.string(),
        z.looseObject({
          type: z.string(),
          source: z.string().optional(),
          target: z.string(),
          read_only: z.boolean().optional(),
        }),
      ]),
    )
    .nullish(),
  volumes_from: z.array(z.unknown()).nullish(),
  ports: z
    .array(
      z.union([
        Text,
        z.looseObject({
          target: Text,
          published: Text.optional(),
          host_ip: z.string().optional(),
          protocol: z.string().optional(),
        }),
      ]),
    )
    .nullish(),
  mem_limit: Text.nullish(),
  memswap_limit: Text.nullish(),
  cpus: Text.nullish(),
  deploy: z
    .looseObject({
      replicas: z.coerce.number().int().nullish(),
      resources: z
        .looseObject({
          limits: z.looseObject({ memory: Text.nullish(), cpus: Text.nullish() }).nullish(),
        })
        .nullish(),
    })
    .nullish(),
  secrets: z.array(Use).nullish(),
  configs: z.array(Use).nullish(),
  profiles: z.array(z.string()).nullish(),
  depends_on: z.union([z.array(z.string()), z.record(z.string(), z.unknown())]).nullish(),
});
export type ServiceConfiguration = z.infer<typeof Service>;

const Configuration = z.object({
  services: z.record(z.string(), Service).default({}),
  volumes: z.record(z.string(), z.object({ name: z.string().optional() }).nullish()).nullish(),
});
export type Configuration = z.infer<typeof Configuration>;

/** What Compose makes of all files, variables and profiles. Errors: those of Compose, `CommandFailed`. */
export async function resolveConfiguration(call: OnProject): Promise<Configuration> {
  const text = await call(['config']);
  try {
    return Configuration.parse(parse(text, { maxAliasCount: 1000 }));
  } catch (error) {
    // Not the text: secrets stand in it.
    const [first] = failureOf(error).message.split('\n');
    throw passing('CommandFailed', `Compose prints a configuration that cannot be read: ${first}`);
  }
}
