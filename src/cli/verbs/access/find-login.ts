import { execa } from 'execa';
import { UsageError } from '../../../config/usage-error.ts';
import type { Login } from '../../../door/access.ts';

/** As the machine knows them, be it from a file or from a directory service. Error: `UsageError`. */
export async function findLogin(login: string): Promise<Login> {
  const [uid, gid] = await Promise.all(['-u', '-g'].map((what) => idOf(what, login)));
  if (uid === undefined || gid === undefined)
    throw new UsageError(`There is no user "${login}" on this machine`, 'getent passwd');
  return { login, uid, gid };
}

async function idOf(what: string, login: string): Promise<number | undefined> {
  const { failed, stdout } = await execa('id', [what, '--', login], {
    reject: false,
    stdin: 'ignore',
    timeout: 30_000,
  });
  return failed || !/^\d+$/.test(stdout) ? undefined : Number(stdout);
}
