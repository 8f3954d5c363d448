import type { ComposeRuntime } from '../../../config/schema/runtime.ts';
import type { Target } from '../../../config/schema/target.ts';
import { failureOf } from '../../../os/failure-of.ts';
import { resolveConfiguration } from '../../runtime/compose/compare/configuration.ts';
import { inspectContainers, inspectImage } from '../../runtime/compose/compare/inspected.ts';
import { onProject } from '../../runtime/compose/project.ts';
import { containersOf } from '../../runtime/compose/service-containers.ts';

/** Of what the next container is, or will be. */
interface MadeOf {
  /** As Docker writes it: empty for the image's own, which is root where that says nothing. */
  readonly user?: string;
  /** The groups that it gets beside those of its user, by name or number. */
  readonly groups?: readonly string[];
  /** Whether its users are those of the host, whatever Docker does with others. */
  readonly asOnHost?: boolean;
  /** The one that runs: its first process, by the number that Docker gives it. */
  readonly running?: { readonly id: string; readonly pid: number };
  /** Missing for a variable that has no value. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Why nobody can tell. */
  readonly unknown?: string;
}

/** A container that is there is started again as it was made; where there is none, Compose makes one of its configuration. */
export async function madeOf(
  { directory }: Pick<Target, 'directory'>,
  runtime: ComposeRuntime,
): Promise<MadeOf> {
  try {
    const { containers } = await containersOf(directory, runtime, runtime.service);
    const [made] = await inspectContainers(containers.map(({ Id }) => Id));
    if (made) {
      const { Id, Config, HostConfig } = made;
      const { Pid: pid = 0 } = containers.find((one) => one.Id === Id)?.State ?? {};
      return {
        user: Config.User ?? '',
        groups: HostConfig.GroupAdd ?? [],
        asOnHost: HostConfig.UsernsMode === 'host',
        ...(pid > 0 && { running: { id: Id, pid } }),
        environment: pairs(Config.Env ?? []),
      };
    }
    const { services } = await resolveConfiguration(onProject(directory, runtime));
    const service = services[runtime.service];
    if (!service) return { unknown: `Compose knows no service "${runtime.service}"` };
    const image = service.image === undefined ? undefined : await inspectImage(service.image);
    const given = service.environment ?? {};
    const own = Array.isArray(given) ? pairs(given) : withValues(given);
    return {
      user: service.user ?? image?.Config?.User ?? '',
      groups: service.group_add ?? [],
      asOnHost: service.userns_mode === 'host',
      environment: { ...pairs(image?.Config?.Env ?? []), ...own },
    };
  } catch (error) {
    return { unknown: failureOf(error).message };
  }
}

/** A name without a value is one that Compose takes from our environment, where it is not. */
function pairs(words: readonly string[]): Record<string, string> {
  const found = words.filter((word) => word.includes('='));
  return Object.fromEntries(
    found.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]),
  );
}

function withValues(given: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
}
