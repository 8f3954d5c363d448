import type { Target } from '../../../../config/schema/target.ts';
import { plainLine } from '../../../../config/text/plain-text.ts';
import { permanent } from '../../../../os/failure.ts';
import { expectTaken, reload } from '../../door/nginx.ts';
import { readInclude, writeInclude } from '../../door/include.ts';

type Place = Pick<Target, 'name' | 'proxy' | 'directory' | 'runsAs'>;

const FIRST_LINE = /^# Durable Runbooks, target (\S+): /;
/** What people put there before the first run: nginx demands one at least. */
const BY_HAND = /^\s*(#.*|server\s+[\w.:[\]-]+\s*;\s*(#.*)?)?$/;

/**
 * The addresses to which the proxy lets users through, by the file that is in its `upstream`. Undefined: the target names none, or it is not there
 * yet. Error: `ProxyRefused`, when it is somebody else's, or somebody has added a server or a parameter of one to ours.
 */
export function readUpstream(place: Place): string[] | undefined {
  return readList(place)?.addresses;
}

/** `others`: lines that people have added, as `keepalive 32;`, which stay. */
function readList({
  name,
  proxy,
}: Place): { readonly addresses: string[]; readonly others: string[] } | undefined {
  const file = proxy?.replicas?.include;
  const text = file === undefined ? undefined : readInclude(file);
  if (file === undefined || text === undefined) return undefined;
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const owner = FIRST_LINE.exec(lines[0] ?? '')?.[1];
  if (owner !== undefined ? owner !== name : !lines.every((line) => BY_HAND.test(line)))
    throw permanent(
      'ProxyRefused',
      `"${file}" ${owner === undefined ? 'is not ours' : `is of target "${owner}"`}, and stays as it is: name another one as "proxy.replicas.include"`,
    );
  const edited = lines.find(
    (line) => /\bserver\b/.test(line.replace(/#.*/, '')) && !BY_HAND.test(line),
  );
  if (edited !== undefined)
    throw permanent(
      'ProxyRefused',
      `"${file}" is written by runbooks, and somebody has added "${plainLine(edited, 100)}", which they would take away: put it into the "upstream" itself, beside the include`,
    );
  return {
    addresses: lines.flatMap((line) => /^\s*server\s+([^\s;]+)/.exec(line)?.[1] ?? []),
    others: lines.filter((line) => !FIRST_LINE.test(line) && !/^\s*server\s/.test(line)),
  };
}

/**
 * Has the proxy let users through to these addresses, and to no others; who is connected stays so. Where the proxy refuses the new file, it gets
 * the old one back. Error: `ProxyRefused`.
 */
export async function writeUpstream(
  place: Place,
  addresses: readonly string[],
): Promise<{ readonly changed: boolean }> {
  const { include, command } = place.proxy!.replicas!;
  if (addresses.length === 0)
    throw permanent('ProxyRefused', 'There is no replica to which users could be let through');
  const { addresses: before, others = [] } = readList(place) ?? {};
  const text = textFor(place.name, addresses, others);
  writeInclude(include, text, 'proxy.replicas.include');
  try {
    await expectTaken(place, { include, command }, text);
    // Also where it was so: an attempt that was killed may have written it, and nothing more.
    await reload(place, { command });
  } catch (error) {
    if (before && before.length > 0)
      writeInclude(include, textFor(place.name, before, others), 'proxy.replicas.include');
    throw error;
  }
  return { changed: before?.join() !== addresses.join() };
}

function textFor(name: string, addresses: readonly string[], others: readonly string[]): string {
  return [
    `# Durable Runbooks, target ${name}: written by scale-application, and at each start`,
    ...addresses.map((address) => `server ${address};`),
    ...others,
    '',
  ].join('\n');
}
