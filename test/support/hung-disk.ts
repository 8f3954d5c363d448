import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { canMount } from './small-disk.ts';

/** Why a test that needs a disk which hangs cannot run here. */
export const NO_HUNG_DISK = 'only root with /dev/fuse can mount a disk that hangs';
export const canHang = canMount && existsSync('/dev/fuse');

/** The kernel's side of a FUSE file system, and nobody on the other: as of a server that is gone, each call waits for ever. */
const SCRIPT = `
  exec 3<>/dev/fuse
  mount -i -t fuse -o fd=3,rootmode=40000,user_id=0,group_id=0 hung "$1" && echo mounted
  exec sleep 300
`;

/** Answers how it is taken away, whereupon whoever waits for it goes on. */
export async function mountHungDisk(place: string): Promise<() => void> {
  mkdirSync(place, { recursive: true });
  const server = spawn('sh', ['-c', SCRIPT, 'sh', place], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(server.stdout, 'data');
  return () => {
    server.kill('SIGKILL');
    execFileSync('umount', ['-l', place]);
  };
}
