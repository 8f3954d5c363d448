import { resolve } from 'node:path';
import type { Target } from '../schema/target.ts';

/**
 * The target with every path absolute: its directory is relative to its YAML file, all others to its directory.
 * The files of backups stay as they are, because archives name them so.
 */
export function withAbsolutePaths(target: Target, yamlDirectory: string): Target {
  const directory = resolve(yamlDirectory, target.directory);
  const at = (path: string) => resolve(directory, path);
  const each = (paths: string | string[]) =>
    typeof paths === 'string' ? at(paths) : paths.map(at);
  const ofRuntime = (runtime: Target['runtime']): Target['runtime'] => {
    if (runtime.kind === 'process') return { ...runtime, log: at(runtime.log) };
    if (runtime.kind === 'systemd') return runtime;
    return {
      ...runtime,
      ...(runtime.file !== undefined && { file: each(runtime.file) }),
      ...(runtime.envFile !== undefined && { envFile: each(runtime.envFile) }),
    };
  };
  const ofDatabase = (database: Target['database']): Target['database'] => {
    if (database.kind === 'sqlite')
      return {
        ...database,
        file: at(database.file),
        extensions: database.extensions.map((one) => ({ ...one, file: at(one.file) })),
      };
    const { tls, programs } = database;
    return {
      ...database,
      ...(tls?.ca !== undefined && { tls: { ...tls, ca: at(tls.ca) } }),
      ...(programs !== undefined && { programs: at(programs) }),
    };
  };
  const ofMigration = (migration: NonNullable<Target['migration']>): Target['migration'] => ({
    ...migration,
    to: ofDatabase(migration.to) as typeof migration.to,
    switch: {
      ...migration.switch,
      ...(migration.switch.file !== undefined && { file: at(migration.switch.file) }),
    },
    ...(migration.plan !== undefined && { plan: at(migration.plan) }),
    ...(migration.trial !== undefined && { trial: at(migration.trial) }),
  });
  const { app, runtime, database, backups, migration, security } = target;
  return {
    ...target,
    directory,
    state: at(target.state),
    app:
      app.version && 'file' in app.version
        ? { ...app, version: { file: at(app.version.file) } }
        : app,
    runtime: ofRuntime(runtime),
    database: ofDatabase(database),
    ...(migration && { migration: ofMigration(migration) }),
    channels: Object.fromEntries(
      Object.entries(target.channels).map(([name, channel]) => [
        name,
        channel.kind === 'log' ? { ...channel, file: at(channel.file) } : channel,
      ]),
    ),
    logs: target.logs.map((log) => ({ ...log, file: at(log.file) })),
    security: {
      ...security,
      logins: { ...security.logins, logs: security.logins.logs.map(at) },
      permissions: security.permissions.map((one) => ({ ...one, file: at(one.file) })),
      evidence: security.evidence.map(at),
    },
    backups: {
      ...backups,
      directory: at(backups.directory),
      ...(backups.copy !== undefined && { copy: at(backups.copy) }),
      ...(backups.offsite && {
        offsite: {
          ...backups.offsite,
          ...(backups.offsite.ca !== undefined && { ca: at(backups.offsite.ca) }),
        },
      }),
    },
  };
}
