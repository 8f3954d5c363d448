import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { IMAGE } from './compose-project.ts';
import { containers, docker } from './docker-daemon.ts';

// As in the report: the override moves the data to another disk, and sets what production needs.
export const FILES = {
  'docker-compose.yml': `services:
  app:
    image: ${IMAGE}
    network_mode: none
    command: [sleep, "300"]
    volumes: ["./data:/srv/data", "kept:/srv/kept"]
  tool:
    image: ${IMAGE}
    network_mode: none
    command: [sleep, "300"]
    profiles: [tools]
volumes: { kept: {} }
`,
  'docker-compose.override.yml': `services:
  app:
    environment: { MODE: production, TOKEN: "\${TOKEN:-none}" }
    volumes: ["./disk2:/srv/data"]
    ports: ["127.0.0.1:23010:8501"]
`,
  '.env': 'TOKEN=of-dot-env\n',
  'production.env': 'TOKEN=of-production\n',
};

const override = FILES['docker-compose.override.yml'];
const main = FILES['docker-compose.yml'];
/** What somebody changed since the container was made, and what is told of it. */
export const CHANGES: readonly [what: string, change: Record<string, string>, told: RegExp[]][] = [
  [
    'image, command, user, mounts, ports, variables and a secret',
    {
      'docker-compose.yml': main
        .replace(IMAGE, 'durable-runbooks-test/gone:2')
        .replace('"300"]', '"301"]\n    user: "1000"'),
      'docker-compose.override.yml': override
        .replace('./disk2', './data')
        .replace('23010', '23011')
        .replace('MODE: production', 'DEBUG: s3cret'),
      '.env': 'TOKEN=s3cret\n',
    },
    [
      /image "\S+busybox" -> "\S+gone:2"/,
      /mount \S+\/disk2:\/srv\/data goes, mount \S+\/data:\/srv\/data comes/,
      /port 127\.0\.0\.1:23010->8501\/tcp goes, port 127\.0\.0\.1:23011->8501\/tcp comes/,
      /variable DEBUG comes, variable MODE goes, variable TOKEN has another value/,
      /its command, user "" -> "1000"/,
    ],
  ],
  [
    'its file into what Compose cannot read',
    { 'docker-compose.yml': 'services: [\n' },
    [/^It stays as it was made\. Compose cannot read its configuration/],
  ],
];

/** What must be equal before and after. */
export function inspect(service: string) {
  const filter = ['--filter', `label=com.docker.compose.service=${service}`];
  const ids = execFileSync(docker!, ['ps', '-aq', '--no-trunc', ...filter], { encoding: 'utf8' });
  const [one] = JSON.parse(
    execFileSync(docker!, ['inspect', ...ids.split('\n').filter(Boolean)], { encoding: 'utf8' }),
  );
  return {
    id: one.Id as string,
    image: one.Image as string,
    imageName: one.Config.Image as string,
    project: one.Config.Labels['com.docker.compose.project'] as string,
    command: one.Config.Cmd as string[],
    user: one.Config.User as string,
    environment: ((one.Config.Env ?? []) as string[]).toSorted(),
    ports: one.HostConfig.PortBindings as object,
    networks: Object.keys(one.NetworkSettings.Networks),
    mounts: (one.Mounts as { Source: string; Destination: string }[])
      .map(({ Source, Destination }) => `${Source}:${Destination}`)
      .toSorted(),
  };
}

/** Until Docker has restarted the application as often, and waits for the next time. */
export async function untilRestarts(times: number): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    const [id] = containers();
    const format = '{{.RestartCount}} {{.State.Restarting}}';
    const text = execFileSync(docker!, ['inspect', '-f', format, id!], { encoding: 'utf8' });
    const [count, restarting] = text.trim().split(' ');
    if (Number(count) >= times && restarting === 'true') return;
    await sleep(100);
  }
  throw new Error(`It was not restarted ${times} times`);
}
