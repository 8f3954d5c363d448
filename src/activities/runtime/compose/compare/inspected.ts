import { z } from 'zod';
import { passing } from '../../../../os/failure.ts';
import { docker } from '../docker.ts';
import { CHECK_TIMEOUT } from '../project.ts';

const Words = z.array(z.string()).nullish();
const Config = z.object({
  Image: z.string().default(''),
  User: z.string().nullish(),
  Env: Words,
  Cmd: Words,
  Entrypoint: Words,
  Labels: z.record(z.string(), z.string()).nullish(),
});

const Container = z.object({
  Id: z.string(),
  /** The image's id. */
  Image: z.string(),
  Created: z.string(),
  Config,
  HostConfig: z.object({
    GroupAdd: Words,
    UsernsMode: z.string().nullish(),
    /** In bytes, and in billionths of a processor; 0 is no limit. */
    Memory: z.number().default(0),
    MemorySwap: z.number().default(0),
    NanoCpus: z.number().default(0),
    CpuQuota: z.number().default(0),
    PortBindings: z
      .record(
        z.string(),
        z.array(z.object({ HostIp: z.string(), HostPort: z.string() })).nullable(),
      )
      .nullish(),
  }),
  Mounts: z
    .array(
      z.object({
        Type: z.string(),
        Name: z.string().optional(),
        Source: z.string().default(''),
        Destination: z.string(),
        RW: z.boolean(),
      }),
    )
    .nullish(),
});
/** A container as Docker keeps it: of this it was made. */
export type InspectedContainer = z.infer<typeof Container>;

const Image = z.object({ Id: z.string(), Config: Config.nullish() });
export type InspectedImage = z.infer<typeof Image>;

export async function inspectContainers(ids: readonly string[]): Promise<InspectedContainer[]> {
  return inspected('container', ids, Container);
}

/** Undefined when it is not on this host. */
export async function inspectImage(name: string): Promise<InspectedImage | undefined> {
  const ids = await docker(['image', 'ls', '-q', '--no-trunc', name], { timeout: CHECK_TIMEOUT });
  const id = ids.split('\n').find(Boolean) ?? (name.startsWith('sha256:') ? name : undefined);
  if (id === undefined) return undefined;
  const [image] = await inspected('image', [id], Image);
  return image;
}

async function inspected<Shape extends z.ZodType>(
  type: 'container' | 'image',
  ids: readonly string[],
  shape: Shape,
): Promise<z.output<Shape>[]> {
  if (ids.length === 0) return [];
  const text = await docker(['inspect', '--type', type, ...ids], { timeout: CHECK_TIMEOUT });
  const answer = z.array(shape).safeParse(JSON.parse(text));
  // Not the text: secrets stand in it.
  if (answer.success) return answer.data;
  throw passing(
    'CommandFailed',
    `"docker inspect" answered what cannot be understood of a ${type}`,
  );
}
