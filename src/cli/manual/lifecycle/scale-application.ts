import { basename } from 'node:path';
import type { Target } from '../../../config/schema/target.ts';
import { composeFiles } from '../../../config/load/compose-files.ts';
import type { Page, Part } from '../page.ts';
import { named } from '../parts/database.ts';
import { demanded } from '../parts/demanded.ts';
import { quoted } from '../../../config/text/quoted.ts';
import { compose } from '../parts/runtime.ts';
import { answers } from '../parts/service.ts';

export const scaleApplication: Page = {
  parts: (target) => {
    const { directory, runtime } = target;
    if (runtime.kind === 'systemd') return ofUnit(target, quoted(runtime.unit));
    if (runtime.kind !== 'compose')
      return [
        {
          say: 'It is a process, and has no limits that could be set: run it in a container, or as a unit of systemd',
        },
      ];
    const command = compose(directory, runtime);
    const service = quoted(runtime.service);
    const { all, override } = composeFiles(directory, runtime);
    const file = basename(override ?? all.at(-1)!);
    return [
      named(target),
      {
        say: 'See what it uses, and what its machine has. More containers are no way while its database is SQLite, which does not support multiple writers: they need PostgreSQL',
        type: [
          `cd ${quoted(directory)} && container=$(${command} ps -q ${service}) && docker stats --no-stream "$container"`,
          "docker info --format '{{.MemTotal}} bytes, {{.NCPU}} cpus'",
          `docker inspect --format '{{.HostConfig.Memory}} bytes, {{.HostConfig.NanoCpus}} billionths of a cpu' "$container"`,
        ],
      },
      {
        say: 'Say how much it is to have, more than it uses and no more than its machine has. 4g and 2 are examples. Memory counts as much again of swap',
        type: ['memory=4g', 'swap=8g', 'cpus=2'],
      },
      {
        say: 'Set it while it runs',
        type: [
          `docker update --memory "\${memory:?}" --memory-swap "\${swap:?}" --cpus "\${cpus:?}" "\${container:?}"`,
        ],
      },
      {
        say: `Write it into "${file}", so that the next container has it, too: under "services" and ${service}, "mem_limit", "memswap_limit" and "cpus"; also under "deploy", where its limits stand there already. Then see that Compose reads it`,
        type: [
          `cd ${quoted(directory)} && ${command} config > /dev/null && read=yes`,
          demanded('test "${read-}" = yes', 'Compose cannot read its files'),
        ],
      },
      answers(target),
      ...replicas(target, command, service),
    ];
  },
};

/** Several behind one proxy, or why there are none. */
function replicas(target: Target, command: string, service: string): Part[] {
  const { directory, database, proxy } = target;
  if (database.kind !== 'postgres' || !proxy?.replicas) return [];
  const { include, command: program } = proxy.replicas;
  const nginx = program.map(quoted).join(' ');
  return [
    {
      say: 'More replicas: make them beside those that are there, and see on which ports of the host each is. 3 is an example',
      type: [
        'replicas=3',
        `cd ${quoted(directory)} && ${command} up -d --no-build --no-deps --no-recreate --scale ${service}="\${replicas:?}" ${service}`,
        `docker ps --filter label=com.docker.compose.service=${service} --format '{{.Names}} {{.Ports}}'`,
      ],
    },
    {
      say: `Fewer: first take the address of the last one out of ${quoted(include)}, reload the proxy, and wait until nobody is connected to it; then stop and remove that container`,
    },
    {
      say: `When each answers its health, name all of them in ${quoted(include)}, one line "server 127.0.0.1:PORT;" each, and have the proxy read it`,
      type: [`${nginx} -t && ${nginx} -s reload`],
    },
    {
      say: `Write "scale" of ${service} into its Compose file, so that the next "up" makes as many`,
    },
  ];
}

/** Live and for good by one command; systemd reads its files again, because it counts the unit as changed after that. */
function ofUnit(target: Target, unit: string): Part[] {
  return [
    named(target),
    {
      say: 'See what it may use, what it uses, and what its machine has. "NeedDaemonReload=yes" means that somebody has changed its files: look at that first',
      type: [
        `systemctl show -p MemoryMax,MemoryHigh,CPUQuotaPerSecUSec,MemoryCurrent,NeedDaemonReload -- ${unit}`,
        'grep MemTotal /proc/meminfo && nproc',
      ],
    },
    {
      say: 'Say how much it is to have, more than it uses and no more than its machine has: 4G and 200% (two processors) are examples',
      type: ['memory=4G', 'cpus=200%'],
    },
    {
      say: 'Set it while it runs, and for every start to come',
      type: [
        `systemctl set-property -- ${unit} "MemoryMax=\${memory:?}" "CPUQuota=\${cpus:?}" && systemctl daemon-reload`,
        `systemctl show -p MemoryMax,CPUQuotaPerSecUSec -- ${unit}`,
      ],
    },
    answers(target),
  ];
}
