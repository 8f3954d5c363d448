import { cpus, totalmem } from 'node:os';
import { inMebibytes } from '../../../../os/files/disk-space.ts';
import type { ServiceConfiguration } from './configuration.ts';
import type { InspectedContainer } from './inspected.ts';

/** How much a container may use. What is missing has no limit. */
export interface Limits {
  /** In bytes. */
  readonly memory?: number;
  /** In processors, such as 0.5. */
  readonly cpus?: number;
}

/** What Compose resolves for a service: 1.29 and 2 both read `deploy` first where it says something. */
export function wantedLimits({ deploy, ...service }: ServiceConfiguration): Limits {
  const limits = deploy?.resources?.limits;
  const memory = bytesIn(limits?.memory ?? service.mem_limit);
  const processors = Number(limits?.cpus ?? service.cpus ?? 0);
  return { ...(memory && { memory }), ...(processors > 0 && { cpus: processors }) };
}

/** What a container was made with, or was given since. */
export function limitsOf({ HostConfig }: Pick<InspectedContainer, 'HostConfig'>): Limits {
  const { Memory: memory, NanoCpus } = HostConfig;
  // Compose cuts off what it cannot say in billionths: 0.57 comes out as 0.569999999.
  const processors = Math.round(NanoCpus / 1e3) / 1e6;
  return {
    ...(memory > 0 && { memory }),
    ...(processors > 0 && { cpus: processors }),
  };
}

/** As much as the machine has is no limit: Docker takes none away from a container that is there, and an undo gives it that. */
export function limitDifferences({
  service,
  container,
}: {
  readonly service: ServiceConfiguration;
  readonly container: InspectedContainer;
}): string[] {
  const made = withoutAll(limitsOf(container));
  const wanted = withoutAll(wantedLimits(service));
  return [
    ...differs('memory limit', sizeText, made.memory, wanted.memory),
    // By `cpu_quota` it says the same in other words.
    ...(container.HostConfig.CpuQuota > 0
      ? []
      : differs('limit of cpus', String, made.cpus, wanted.cpus)),
  ];
}

function withoutAll({ memory, cpus: processors }: Limits): Limits {
  return {
    ...(memory !== undefined && memory < totalmem() && { memory }),
    ...(processors !== undefined && processors < cpus().length && { cpus: processors }),
  };
}

function differs(
  what: string,
  text: (value: number) => string,
  made: number | undefined,
  wanted: number | undefined,
): string[] {
  if (made === wanted) return [];
  if (made === undefined) return [`${what} ${text(wanted!)} comes`];
  return [`${what} ${text(made)} ${wanted === undefined ? 'goes' : `-> ${text(wanted)}`}`];
}

/** Whether they are these, as far as these say something. */
export function hasLimits(limits: Limits, { memory, cpus: processors }: Limits): boolean {
  return (
    (memory === undefined || limits.memory === memory) &&
    (processors === undefined || limits.cpus === processors)
  );
}

/** For people. */
export function limitsText({ memory, cpus: processors }: Limits): string {
  return [
    memory === undefined ? 'all memory' : inMebibytes(memory),
    processors === undefined ? 'all cpus' : `${processors} cpus`,
  ].join(' and ');
}

/** As Compose takes it, the shortest way: `4g`, `512m`, or bytes. */
export function sizeText(bytes: number): string {
  for (const [unit, size] of [
    ['g', 2 ** 30],
    ['m', 2 ** 20],
  ] as const)
    if (bytes > 0 && bytes % size === 0) return `${bytes / size}${unit}`;
  return String(bytes);
}

const UNITS = ['b', 'k', 'm', 'g', 't'];

/** Of `512m`, `4GB`, `4GiB` or a number of bytes. One that cannot be read says nothing. */
function bytesIn(text: string | null | undefined): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([bkmgt])?(?:i?b)?$/i.exec(text?.trim() ?? '') ?? [];
  if (amount === undefined) return undefined;
  return Math.floor(
    Number(amount) * 1024 ** Math.max(0, UNITS.indexOf((unit ?? 'b').toLowerCase())),
  );
}
