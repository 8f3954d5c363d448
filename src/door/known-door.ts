import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { places } from '../config/places.ts';
import { readPrivate, writePrivate } from './private-file.ts';

/** What a user of this machine needs to know of an embedded server that listens on one port of it. */
export interface KnownDoor {
  readonly address: string;
  /** Which server it is: its data. */
  readonly dataFile: string;
  /** What opens it, as PEM. Missing: it is open to every user of this machine. */
  readonly key?: DoorKey;
  /** Where Temporal UI is, when the server is open. */
  readonly uiUrl?: string;
}

export interface DoorKey {
  /** The authority by which the door is known. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** Belongs to root, so that nobody can lay a link where root writes. What lies in it for a user only that user can read. */
export const DELIVERIES = '/var/lib/durable-runbooks/doors';

/** The door at an address of this machine's loopback: our own, or one to which root has admitted us. */
export function knownDoor(address: string): KnownDoor | undefined {
  const port = loopbackPort(address);
  if (port === undefined) return undefined;
  return read(ownFile(port)) ?? read(deliveredFile(port, process.getuid?.() ?? -1));
}

/** Tells the commands of the same user. What is known of an earlier start of the same server is forgotten. */
export function announceDoor(door: KnownDoor): void {
  const file = ownFile(loopbackPort(door.address)!);
  forgetDoors(door.dataFile);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writePrivate(file, door);
}

export function forgetDoors(dataFile: string): void {
  for (const file of ownFiles())
    if (read(file)?.dataFile === dataFile) rmSync(file, { force: true });
}

/** The door of the server with that data, as this user has announced it. Undefined: it does not run. */
export function announcedDoor(dataFile: string): KnownDoor | undefined {
  return ownFiles()
    .map(read)
    .find((door) => door?.dataFile === dataFile);
}

export function deliveredFile(port: string, uid: number): string {
  return join(DELIVERIES, port, `${uid}.json`);
}

/** Undefined: it is not on this machine. */
export function loopbackPort(address: string): string | undefined {
  return LOOPBACK.exec(address)?.[1];
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]):(\d{1,5})$/;

function ownDirectory(): string {
  return join(places().data, 'doors');
}

function ownFile(port: string): string {
  return join(ownDirectory(), `${port}.json`);
}

function ownFiles(): string[] {
  const directory = ownDirectory();
  try {
    return readdirSync(directory).map((name) => join(directory, name));
  } catch {
    return [];
  }
}

function read(file: string): KnownDoor | undefined {
  const door = readPrivate(file) as Partial<KnownDoor> | undefined;
  if (typeof door?.address !== 'string' || typeof door.dataFile !== 'string') return undefined;
  return door as KnownDoor;
}
