import { permanent } from '../../../../os/failure.ts';
import { type Limits, sizeText } from '../compare/limits.ts';
import type { ServiceConfiguration } from '../compare/configuration.ts';
import type { ComposeText } from './compose-text.ts';
import { setInYaml } from './set-in-yaml.ts';

interface Beside {
  /** Memory and swap together, in bytes; -1 is no limit. */
  readonly swap: number;
  /** What Compose makes of all its files. */
  readonly resolved: Pick<ServiceConfiguration, 'deploy'>;
}

/** The text of the last Compose file, with these limits of a service in it. Error: `NotApplicable`. */
export function withLimits(
  { file, text = newText() }: ComposeText,
  name: string,
  limits: Limits,
  { swap, resolved }: Beside,
): string {
  return valuesOf(limits, swap, resolved).reduce((all, [path, value]) => {
    const set = setInYaml(all, ['services', name, ...path], value);
    if (set !== undefined) return set;
    throw permanent(
      'NotApplicable',
      `Cannot write ${path.join('.')} of service "${name}" into "${file}" without changing more than that, as with anchors that others share: write it there by hand, and "docker compose up -d" applies it`,
    );
  }, text);
}

/**
 * Where Compose looks for them. What people say as `deploy.resources.limits` beats the short form in 1.29, and must not differ from it
 * in 2: it is set, too.
 */
function valuesOf(
  { memory, cpus }: Limits,
  swap: number,
  { deploy }: Pick<ServiceConfiguration, 'deploy'>,
): [readonly string[], string | number][] {
  const size = memory === undefined ? undefined : sizeText(memory);
  const long = deploy?.resources?.limits ? ['deploy', 'resources', 'limits'] : undefined;
  return [
    ...(size === undefined ? [] : [[['mem_limit'], size] as const]),
    ...(size === undefined ? [] : [[['memswap_limit'], swap > 0 ? sizeText(swap) : swap] as const]),
    ...(cpus === undefined ? [] : [[['cpus'], cpus] as const]),
    ...(long && size !== undefined ? [[[...long, 'memory'], size] as const] : []),
    ...(long && cpus !== undefined ? [[[...long, 'cpus'], String(cpus)] as const] : []),
  ].map(([path, value]) => [path, value]);
}

function newText(): string {
  return '# Limits, written by the runbook scale-application. Compose merges this file by itself.\n';
}
