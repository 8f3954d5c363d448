import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';

/** Why no network of one's own can be had here. Undefined: it can. */
export function whyNoNetwork(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root, for a network namespace';
  for (const [program, word] of [
    ['ip', '-V'],
    ['nft', '-v'],
  ] as const)
    try {
      execFileSync(program, [word], { stdio: 'ignore' });
    } catch {
      return `needs ${program}`;
    }
  return undefined;
}

export interface Network {
  /** As `security.block.command` takes it. */
  readonly nft: string[];
  /** Runs a program on the side that is protected. */
  inside(...words: string[]): string;
  /** The same on the side of whoever comes from outside. */
  outside(...words: string[]): string;
  end(): void;
}

/** Two hosts of their own, joined by a cable: 203.0.113.1 and 2001:db8::1 are protected, .7 and .8 come from outside. */
export function openNetwork(): Network {
  const id = randomBytes(3).toString('hex');
  const [inner, outer] = [`rb-in-${id}`, `rb-out-${id}`];
  const ip = (...words: string[]) =>
    execFileSync('ip', words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const within =
    (name: string) =>
    (...words: string[]) =>
      execFileSync('ip', ['netns', 'exec', name, ...words], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
  const end = () => {
    for (const name of [inner, outer])
      try {
        ip('netns', 'del', name);
      } catch {
        // It was never made.
      }
  };
  try {
    for (const name of [inner, outer]) ip('netns', 'add', name);
    ip(
      'link',
      'add',
      'cable',
      'netns',
      inner,
      'type',
      'veth',
      'peer',
      'name',
      'cable',
      'netns',
      outer,
    );
    for (const [name, ends] of [
      [inner, ['1']],
      [outer, ['7', '8']],
    ] as const) {
      const here = within(name);
      here('ip', 'link', 'set', 'lo', 'up');
      here('ip', 'link', 'set', 'cable', 'up');
      for (const one of ends) {
        here('ip', 'addr', 'add', `203.0.113.${one}/24`, 'dev', 'cable');
        here('ip', 'addr', 'add', `2001:db8::${one}/64`, 'dev', 'cable', 'nodad');
      }
    }
  } catch (error) {
    end();
    throw error;
  }
  return {
    nft: ['ip', 'netns', 'exec', inner, 'nft'],
    inside: within(inner),
    outside: within(outer),
    end,
  };
}
