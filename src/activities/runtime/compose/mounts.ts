import { statSync } from 'node:fs';
import { z } from 'zod';
import { passing } from '../../../os/failure.ts';
import { identityOf } from '../../../os/identity-of.ts';
import { followByName } from '../../../os/files/held/follow-by-name.ts';
import { liveFile } from '../../../os/files/live-file.ts';
import { docker } from './docker.ts';
import { CHECK_TIMEOUT } from './project.ts';

/** A file of this host that a container has by itself, and not by its directory. */
export interface FileMount {
  readonly container: string;
  readonly running: boolean;
  /** On this host. */
  readonly source: string;
  /** In the container. */
  readonly destination: string;
}

const Described = z.object({
  name: z.string().max(300),
  running: z.boolean(),
  mounts: z
    .array(
      z.object({
        Type: z.string().default('bind'),
        Source: z.string().default(''),
        Destination: z.string().max(4096).default(''),
        RW: z.boolean().default(true),
      }),
    )
    .nullable(),
});

const FORMAT =
  '{"name":{{json .Name}},"running":{{json .State.Running}},"mounts":{{json .Mounts}}}';

/**
 * Every container of this host, running or not, that can write to `file` and has it mounted by itself: what SQLite puts beside
 * it then lies in the container, and still does when that is stopped. Errors: those of Docker.
 */
export async function mountsOfFile(file: string): Promise<FileMount[]> {
  const live = liveFile(file);
  const identity = identityOf(live);
  return (await describeContainers()).flatMap(({ name, running, mounts }) =>
    (mounts ?? [])
      .filter(({ Type, RW, Source }) => Type === 'bind' && RW && isFileItself(Source))
      .map(({ Source, Destination }) => ({
        container: name.replace(/^\//, ''),
        running,
        source: Source,
        destination: Destination,
      })),
  );

  /** By its name, too: after a recovery another file has it, and is mounted at the next start. */
  function isFileItself(source: string): boolean {
    if (followByName(source) === live) return !isDirectory(source);
    return identity !== undefined && identityOf(source) === identity && !isDirectory(source);
  }
}

async function describeContainers(): Promise<z.infer<typeof Described>[]> {
  const options = { timeout: CHECK_TIMEOUT };
  for (let tries = 1; ; tries += 1) {
    const ids = (await docker(['ps', '-a', '-q', '--no-trunc'], options))
      .split(/\s+/)
      .filter(Boolean);
    if (ids.length === 0) return [];
    try {
      const answer = await docker(
        ['inspect', '--type', 'container', '--format', FORMAT, ...ids],
        options,
      );
      return answer.split('\n').filter(Boolean).map(parsed);
    } catch (error) {
      // One that was removed since it was listed.
      if (tries === 3 || !/no such (container|object)/i.test((error as Error).message)) throw error;
    }
  }
}

function parsed(line: string): z.infer<typeof Described> {
  try {
    return Described.parse(JSON.parse(line));
  } catch {
    throw passing(
      'CommandFailed',
      `"docker" answered what cannot be understood: ${line.slice(0, 200)}`,
    );
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
