import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Secrets } from '../../../src/config/schema/security/secrets.ts';
import type { Target } from '../../../src/config/schema/target.ts';

export const NAME = 'SHOP_PASSWORD';
export const OLD = 'the-secret-of-before';
export const USER = 'shop';

/** A secret in the world's `.env`, which a user of its Redis takes. */
export function giveSecret(
  world: Target,
  {
    prove = {},
    value = OLD,
    file = Buffer.from(`# of the shop\nTZ=UTC\n${NAME}="${OLD}"\n`),
  }: { readonly prove?: object; readonly value?: string; readonly file?: Buffer } = {},
): void {
  writeFileSync(envOf(world), file, { mode: 0o600 });
  redis(world, ['ACL', 'SETUSER', USER, 'reset', 'on', `>${value}`, '~*', '+@all']);
  const secret = {
    name: NAME,
    provider: { kind: 'env-file' },
    prove: { kind: 'redis', url: world.cache!.url, user: USER, ...prove },
  };
  Object.assign(world, { secrets: Secrets.parse([secret]) });
}

/** What stands in `.env`. */
export function secretIn(world: Target): string {
  return new RegExp(`^${NAME}="([^"]*)"$`, 'm').exec(readFileSync(envOf(world), 'utf8'))?.[1] ?? '';
}

/** How many passwords the user of Redis has. */
function countTaken(world: Target): number {
  const lines = redis(world, ['ACL', 'GETUSER', USER]).split('\n');
  const from = lines.indexOf('passwords') + 1;
  return lines.slice(from, lines.indexOf('commands')).filter(Boolean).length;
}

export function takes(world: Target, value: string): boolean {
  return redis(world, ['AUTH', USER, value]).trim() === 'OK';
}

/** Whether a run has replaced the secret, everywhere, or nowhere. As text when it is a mix, or something is left of it. */
export function isReplaced(world: Target): boolean | string {
  const value = secretIn(world);
  const kept = join(world.state, 'secrets');
  const left = existsSync(kept) ? readdirSync(kept).filter((name) => /^\d/.test(name)) : [];
  const parts = readdirSync(world.directory).filter((name) => name.includes('.runbook-part-'));
  const whole = takes(world, value) && countTaken(world) === 1;
  if (whole && left.length === 0 && parts.length === 0) return value !== OLD;
  const which = value === OLD ? 'the old one' : 'a new one';
  return `.env has ${which}, Redis takes ${countTaken(world)}, it ${takes(world, value) ? 'among them' : 'not'}; left: ${[...left, ...parts].join(', ')}`;
}

function envOf({ directory }: Target): string {
  return join(directory, '.env');
}

function redis(world: Target, words: readonly string[]): string {
  const { port } = new URL(world.cache!.url);
  return execFileSync('redis-cli', ['-p', port, ...words], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}
