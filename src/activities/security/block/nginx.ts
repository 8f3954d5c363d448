import type { Target } from '../../../config/schema/target.ts';
import { failureOf } from '../../../os/failure-of.ts';
import { permanent } from '../../../os/failure.ts';
import { readPlain } from '../../../os/files/held/open-plain.ts';
import { withHeld } from '../../../os/files/held/with-held.ts';
import { expectTaken, reload } from '../../runtime/door/nginx.ts';
import type { Block } from './block-record.ts';
import { writeInclude } from '../../runtime/door/include.ts';

type Where = Pick<Target, 'name' | 'directory' | 'runsAs' | 'security'>;

/**
 * Has nginx refuse exactly these, by a file of ours that it includes. It knows no ends: who calls this again when one is over lifts it.
 * What keeps nginx from taking it puts the file back. Answers whether something was changed. Errors: `ProxyRefused`, `LinkRefused`.
 */
export async function blockInProxy(where: Where, blocks: readonly Block[]): Promise<boolean> {
  const { include } = where.security.block;
  if (include === undefined)
    throw permanent('InvalidInput', 'Expected "include" in "security.block"');
  const drain = {
    include,
    command: where.security.block.command ?? ['nginx'],
    grace: '0s',
  };
  const text = textOf(where, blocks);
  const before = readText(include);
  if (before === text || (before === undefined && blocks.length === 0)) return false;
  writeInclude(include, text, 'security.block.include');
  try {
    await expectTaken(where, drain, text);
    await reload(where, drain);
  } catch (error) {
    writeInclude(include, before ?? textOf(where, []), 'security.block.include');
    throw failureOf(error);
  }
  return true;
}

/** Addresses that the file refuses. */
export function blockedInProxy({ security }: Where): string[] {
  const { include } = security.block;
  const text = include === undefined ? undefined : readText(include);
  return [...(text ?? '').matchAll(/^deny (\S+);/gm)].map(([, address]) => address!);
}

function textOf({ name }: Where, blocks: readonly Block[]): string {
  const lines = blocks.map(({ address, until }) => `deny ${address}; # until ${until}\n`);
  return `# Addresses that durable-runbooks keeps from ${name}: written anew at each change.\n${lines.join('')}`;
}

function readText(file: string): string | undefined {
  try {
    return withHeld((held) => readPlain(held.itself(file)))?.toString('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
