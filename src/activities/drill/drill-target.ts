import { connectionOf } from '../database/postgres/server/connection.ts';
import { drillName as drillDatabaseName } from '../database/postgres/server/names.ts';
import { basename, join } from 'node:path';
import { isSqlite, type PostgresTarget, type Target } from '../../config/schema/target.ts';
import type { Stamp } from '../../config/time/stamp.ts';
import { permanent } from '../../os/failure.ts';
import { drillName, withDrillName } from './drill-containers.ts';
import { lentDirectory } from './lent-directory.ts';

/** Where a drill does everything: nothing of the live target lies in there. */
export function drillDirectory({ state }: Pick<Target, 'state'>, stamp: Stamp): string {
  return join(state, 'drill', stamp);
}

const IMAGE = '{image}';

/** Whether the drill is booted on the application's own image, whatever that is by then. */
export function wantsImage({ drill }: Pick<Target, 'drill'>): boolean {
  const words = [...(drill?.command ?? []), ...Object.values(drill?.environment ?? {})];
  return words.some((word) => word.includes(IMAGE));
}

export interface DrillPlace {
  readonly port: number;
  /** The application's own, where its command asks for it. */
  readonly image?: string;
}

/** The target as if it stood in the drill's directory, so that what works on the live one works on it. */
export function drillTarget(target: Target, stamp: Stamp, { port, image }: DrillPlace): Target {
  const { drill, app } = target;
  if (!drill) throw permanent('InvalidInput', `"${target.name}" has no "drill"`);
  const { cache: _, proxy: __, ...rest } = target;
  const own = drillDirectory(target, stamp);
  const directory = lentDirectory(target, stamp)?.directory ?? own;
  const { database, named } = drillDatabase(target, directory, stamp);
  const fill = (text: string) =>
    (image === undefined ? text : text.replaceAll(IMAGE, image))
      .replaceAll('{database}', named)
      .replaceAll('{directory}', directory)
      .replaceAll('{port}', `${port}`)
      .replaceAll('{name}', drillName(target, stamp));
  const environment = Object.entries(drill.environment).map(([name, value]) => [name, fill(value)]);
  return {
    ...rest,
    // What is believed of it lies where only we can write.
    state: join(own, 'state'),
    database,
    app: { ...app, url: fill(drill.url), health: fill(drill.health) },
    runtime: {
      kind: 'process',
      command: withDrillName(drill.command.map(fill), target, stamp),
      environment: Object.fromEntries(environment) as Record<string, string>,
      log: join(directory, 'application.log'),
      stopGrace: '10s',
    },
  };
}

/** A file in the directory, or a database beside the live one on its server. `named`: what the command calls it. */
function drillDatabase(target: Target, directory: string, stamp: Stamp) {
  if (isSqlite(target)) {
    const { database } = target;
    const file = join(directory, basename(database.file));
    return { database: { ...database, file }, named: file };
  }
  const postgres = target as PostgresTarget;
  const named = drillDatabaseName(connectionOf(postgres).database, stamp);
  return { database: { ...postgres.database, database: named }, named };
}
