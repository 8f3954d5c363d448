import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { onProject } from '../../../../src/activities/runtime/compose/project.ts';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';
import { IMAGE } from './compose-project.ts';
import { docker } from './docker-daemon.ts';
import { COMPOSE_FILE } from './in-compose.ts';

/** Longer than Docker needs here, on a busy machine. */
const WITHIN = 120_000;

/** The application of a Compose project is of an image of its own from now on, of this version, and runs on it. */
export async function buildItsImage(
  world: SqliteTarget,
  version: string,
  more = '',
): Promise<void> {
  const { directory, runtime } = world;
  if (runtime.kind !== 'compose') throw new Error('Expected Compose');
  changeApp(world, { image: imageNameOf(world), build: './image' });
  writeDockerfile(world, version, more);
  const call = onProject(directory, runtime);
  await call(['build', runtime.service], WITHIN);
  await call(['up', '-d', '--no-deps', runtime.service], WITHIN);
}

function imageNameOf({ directory }: SqliteTarget): string {
  return `durable-runbooks-test/${basename(directory)}`;
}

/** What the next build makes. Nothing is pulled. */
export function writeDockerfile({ directory }: SqliteTarget, version: string, more = ''): void {
  mkdirSync(join(directory, 'image'), { recursive: true });
  writeFileSync(
    join(directory, 'image/Dockerfile'),
    `FROM ${IMAGE}\nLABEL version=${version}\n${more}`,
  );
}

export function changeApp({ directory }: SqliteTarget, change: object): void {
  const file = join(directory, COMPOSE_FILE);
  const { services } = JSON.parse(readFileSync(file, 'utf8'));
  Object.assign(services.app, change);
  writeFileSync(file, JSON.stringify({ services }));
}

/** Versions of the images by these names, and of containers by their id. */
export function versionsOf(...names: string[]): string[] {
  const format = ['-f', '{{index .Config.Labels "version"}}'];
  const text = execFileSync(docker!, ['inspect', ...format, ...names], { encoding: 'utf8' });
  return text.trim().split('\n');
}

/** Of its containers, running or not, and of the image by its name. Of a finished exchange both are equal. */
export function versionIn(world: SqliteTarget): string {
  const project = basename(world.directory);
  const filter = ['--filter', `label=com.docker.compose.project=${project}`];
  const service = ['--filter', 'label=com.docker.compose.service=app'];
  const ids = execFileSync(docker!, ['ps', '-aq', ...filter, ...service], { encoding: 'utf8' });
  const found = versionsOf(...ids.split('\n').filter(Boolean), imageNameOf(world));
  return [...new Set(found)].join(' and ');
}

/** Names of ours that images of before have, as `<repository>:<tag>`. */
export function keptImages({ name }: SqliteTarget): string[] {
  const format = ['--format', '{{.Repository}}:{{.Tag}}'];
  const command = ['image', 'ls', ...format, `durable-runbooks/${name}`];
  const text = execFileSync(docker!, command, { encoding: 'utf8' });
  return text.split('\n').filter(Boolean);
}
