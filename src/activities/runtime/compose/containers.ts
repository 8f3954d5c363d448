import { z } from 'zod';
import type { ComposeRuntime } from '../../../config/schema/runtime.ts';
import { passing } from '../../../os/failure.ts';
import { docker } from './docker.ts';
import { chooseProject, type Row } from './choose-project.ts';
import { CHECK_TIMEOUT } from './project.ts';

/** What Docker says of a container; more of it is not read. */
const Container = z.object({
  Id: z.string().regex(/^[0-9a-f]{12,64}$/),
  RestartCount: z.number().int().nonnegative().default(0),
  HostConfig: z
    .object({ RestartPolicy: z.object({ Name: z.string().max(100).default('') }).optional() })
    .default({}),
  State: z.object({
    Status: z.string().max(100),
    Running: z.boolean(),
    Restarting: z.boolean().default(false),
    Paused: z.boolean().default(false),
    Pid: z.number().int().default(0),
    ExitCode: z.number().int().default(0),
    Error: z.string().default(''),
    StartedAt: z.string().max(100).default(''),
  }),
});
type Container = z.infer<typeof Container>;

/** One of the target's containers, running or not. */
export interface ProjectContainer extends Container {
  readonly service: string;
}

export interface Found {
  readonly containers: readonly ProjectContainer[];
  /** What people should know of others that may be meant, as text. */
  readonly notes: readonly string[];
}

const LABEL = 'com.docker.compose';
const LABELS = ['project', 'service', 'project.working_dir', 'oneoff'];

/**
 * The containers of the target's Compose project, by the labels that Compose 1.29 and 2 give them. Nothing is read that may be
 * broken: neither a Compose file nor Compose. What people run once (`compose run`) does not count.
 *
 * Errors: `ProjectUnclear`, and those of Docker.
 */
export async function findContainers(directory: string, runtime: ComposeRuntime): Promise<Found> {
  for (let tries = 1; ; tries += 1) {
    const { rows, notes } = chooseProject(await labelled(), directory, runtime);
    try {
      return { containers: await inspect(rows), notes };
    } catch (error) {
      // One that was removed since it was listed.
      if (tries === 3 || !/no such (container|object)/i.test((error as Error).message)) throw error;
    }
  }
}

/** All that Compose has made on this host. */
async function labelled(): Promise<Row[]> {
  const fields = LABELS.map((name) => `{{json (.Label "${LABEL}.${name}")}}`);
  const format = `[{{json .ID}},${fields.join(',')}]`;
  const filter = ['--filter', `label=${LABEL}.project`, '--filter', `label=${LABEL}.service`];
  const text = await docker(['ps', '-a', '--no-trunc', ...filter, '--format', format], {
    timeout: CHECK_TIMEOUT,
  });
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [id, project, service, workingDirectory, oneOff] = parsed(line, z.array(z.string()));
      return { id: id!, project: project!, service: service!, workingDirectory, oneOff };
    })
    .filter(({ oneOff }) => oneOff?.toLowerCase() !== 'true');
}

async function inspect(rows: readonly Row[]): Promise<ProjectContainer[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const answer = await docker(['inspect', '--type', 'container', ...ids], {
    timeout: CHECK_TIMEOUT,
  });
  const services = new Map(rows.map(({ id, service }) => [id, service]));
  return parsed(answer, z.array(Container)).map((one) => ({
    ...one,
    service: services.get(one.Id) ?? '',
  }));
}

function parsed<Shape extends z.ZodType>(text: string, shape: Shape): z.output<Shape> {
  try {
    return shape.parse(JSON.parse(text));
  } catch {
    throw passing(
      'CommandFailed',
      `"docker" answered what cannot be understood: ${text.slice(0, 200)}`,
    );
  }
}
