import { chmodSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** What belongs to the closed door of one embedded server. All of it lies in a directory that only its owner may enter. */
export interface DoorFiles {
  readonly directory: string;
  readonly authority: string;
  readonly server: string;
  readonly client: string;
  /** One file for each local user who is admitted besides the owner. */
  readonly admitted: string;
  /** Who came, and who was refused. */
  readonly log: string;
}

/** The sockets of the forwarder, by their names in the door's directory: a path of a socket may have 107 bytes only. */
export const SOCKETS = { server: 'server.sock', ui: 'ui.sock' } as const;

/** Beside the data of the server, such as `temporal.db.door`. */
export function doorFiles(dataFile: string): DoorFiles {
  const directory = `${resolve(dataFile)}.door`;
  return {
    directory,
    authority: join(directory, 'authority.json'),
    server: join(directory, 'server.json'),
    client: join(directory, 'client.json'),
    admitted: join(directory, 'admitted'),
    log: join(directory, 'log'),
  };
}

export function makeDoorDirectory({ directory, admitted }: DoorFiles): void {
  for (const one of [directory, admitted]) {
    mkdirSync(one, { recursive: true, mode: 0o700 });
    chmodSync(one, 0o700);
  }
}
