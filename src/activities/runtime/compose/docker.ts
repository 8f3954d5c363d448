import type { ApplicationFailure } from '@temporalio/common';
import { failureOf } from '../../../os/failure-of.ts';
import { passing, permanent } from '../../../os/failure.ts';
import { type CommandOptions, run } from '../../../os/process/command.ts';
import { inheritedEnvironment } from '../../../os/process/inherited-environment.ts';

const VERSION_WITHIN = 30_000;

/** Errors: `DockerMissing` for good; `DockerUnreachable`, `CommandTimeout`, `CommandFailed` may pass. */
export async function docker(args: readonly string[], options: CommandOptions): Promise<string> {
  return (await outputsOf(['docker', ...args], options)).stdout;
}

/** As `docker`, with what it printed on either output. */
export async function dockerOutputs(
  args: readonly string[],
  options: CommandOptions,
): Promise<string> {
  const { stdout, stderr } = await outputsOf(['docker', ...args], options);
  return `${stdout}\n${stderr}`;
}

/** As `docker`, with whichever Compose this machine has. Another one than before, after an upgrade, is a failure that passes. */
export async function compose(args: readonly string[], options: CommandOptions): Promise<string> {
  const { command } = await findCompose();
  try {
    return (await outputsOf([...command, ...args], options)).stdout;
  } catch (error) {
    if (isGone(failureOf(error))) await expectStillThere(command);
    throw error;
  }
}

interface Compose {
  readonly command: readonly string[];
  /** 1 is `docker-compose`, which ended at 1.29. */
  readonly major: 1 | 2;
}

let found: Promise<Compose> | undefined;

/** Looked for once a process, and again when it is gone. */
export function findCompose(): Promise<Compose> {
  found ??= find().catch((error: unknown) => {
    found = undefined;
    throw error;
  });
  return found;
}

async function find(): Promise<Compose> {
  const options = { timeout: VERSION_WITHIN, environment: commandEnvironment() };
  // An old client without its plugin takes "compose" for a wrong command, and fails too.
  if (await answers('docker', ['compose', 'version', '--short']))
    return { command: ['docker', 'compose'], major: 2 };
  const version = await answers('docker-compose', ['version', '--short']);
  if (version === undefined)
    throw permanent(
      'DockerMissing',
      'Cannot find Docker Compose: install "docker" with its Compose plugin, or "docker-compose", on this worker\'s PATH',
    );
  return { command: ['docker-compose'], major: version.trim().startsWith('1.') ? 1 : 2 };

  async function answers(file: string, args: string[]): Promise<string | undefined> {
    try {
      return (await run(file, args, options)).stdout;
    } catch (error) {
      if (failureOf(error).type === 'CommandTimeout') throw error;
      return undefined;
    }
  }
}

/** Docker without its plugin takes "compose" for a word that it does not know, and what follows for flags of its own. */
function isGone({ type, message }: ApplicationFailure): boolean {
  return (
    type === 'DockerMissing' || /^"docker compose .* ended with exit code (1|125)\b/.test(message)
  );
}

/** The other one takes other arguments: the whole attempt is for it to make again. */
async function expectStillThere(command: readonly string[]): Promise<void> {
  found = undefined;
  const was = command.join(' ');
  const is = (await findCompose()).command.join(' ');
  if (is !== was)
    throw passing('CommandFailed', `The Compose by "${was}" is gone, and there is "${is}" now`);
}

async function outputsOf(
  [file, ...args]: readonly string[],
  options: CommandOptions,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  try {
    return await run(file!, args, { environment: commandEnvironment(), ...options });
  } catch (error) {
    throw dockerFailureOf(failureOf(error), file!);
  }
}

/** How Compose talks to Docker. Whatever else it takes from the environment chooses the project: that is for the target to say. */
const CONNECTION = /^COMPOSE_(HTTP_TIMEOUT|TLS_VERSION|API_VERSION|PARALLEL_LIMIT)$/;

/** Ours without what is meant for us: a `COMPOSE_FILE` of the worker's, or a secret, would be taken into the project. */
function commandEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(inheritedEnvironment()).filter(
      ([name]) => !name.startsWith('COMPOSE_') || CONNECTION.test(name),
    ),
  );
}

/** As either client says it. */
const FORBIDDEN =
  /permission denied while trying to connect|PermissionError\(13|docker\.sock[^]*permission denied/i;

const UNREACHABLE =
  /cannot connect to the docker daemon|couldn't connect to docker daemon|error during connect|fetching server API version|is the docker daemon running/i;

function dockerFailureOf(failure: ApplicationFailure, file: string): ApplicationFailure {
  const { type } = failure;
  const message = withoutValues(failure.message);
  if (type === 'CommandMissing')
    return permanent('DockerMissing', `Cannot find "${file}": install it on this worker's PATH`);
  if (type === 'CommandFailed' && FORBIDDEN.test(message))
    return permanent(
      'NotPermitted',
      `User ${process.geteuid?.()} may not ask Docker on this host: start the worker as root, or add its user to the group "docker", which is as good as root`,
    );
  if (type === 'CommandFailed' && UNREACHABLE.test(message))
    return passing('DockerUnreachable', `Docker does not answer on this host: ${message}`);
  if (type === 'CommandFailed' && /no such image/i.test(message))
    return permanent('ImageMissing', message);
  if (type === 'CommandFailed' && /no such service/i.test(message))
    return permanent('ServiceUnknown', message);
  return type === 'CommandFailed' ? passing(type, message) : failure;
}

/** Compose 2 shows the rest of an environment file that it cannot read, with the secrets in it. */
function withoutValues(message: string): string {
  return message.replace(/ near "[^]*$/, '');
}
