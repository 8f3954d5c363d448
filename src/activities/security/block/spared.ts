import { lookup } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { environment } from '../../../config/environment.ts';
import type { Target } from '../../../config/schema/target.ts';
import { SecretName } from '../../../config/schema/values/secret.ts';
import { secretOf } from '../../../config/secret-of.ts';
import { environmentOf } from '../../../os/process/process-table.ts';
import { processIds } from '../../../os/process/proc.ts';
import { programOf } from '../../../os/process/program-of.ts';
import { listeningPorts } from '../../../os/process/listening-ports.ts';
import { within } from '../../../os/process/within.ts';
import { connections } from '../connections.ts';
import { isSingle, type Network, networkOf, overlap } from './network.ts';

type Spared = Pick<Target, 'directory' | 'security' | 'app' | 'proxy' | 'cache' | 'channels'>;

/** Why this address, or one of this network, must not be blocked, as text. Undefined: all may. */
export type WhySpared = (what: string) => string | undefined;

/** For one name: a name server that does not answer keeps nobody waiting. In ms. */
const TIMEOUT = 2000;

/** What is nobody's address in the world, or everybody's. */
const SPECIAL: readonly (readonly [string, string])[] = [
  ['127.0.0.0/8', 'this host itself'],
  ['::1/128', 'this host itself'],
  ['0.0.0.0/8', 'no address of anybody'],
  ['::/128', 'no address of anybody'],
  ['169.254.0.0/16', 'an address of the link, by which hosts and clouds reach their own services'],
  ['fe80::/10', 'an address of the link, by which hosts and clouds reach their own services'],
  ['224.0.0.0/4', 'an address of many'],
  ['255.255.255.255/32', 'an address of many'],
  ['ff00::/8', 'an address of many'],
];

/**
 * Whom a block would cut off whom we need: this host, its gateways and name servers, the proxy, the cache, Temporal, those who are logged
 * in by SSH, and the target's `never`. As it is at this moment: it is asked for when somebody is to be blocked, where that is done.
 */
export async function openSpared(target: Spared): Promise<WhySpared> {
  const groups: { readonly why: string; readonly networks: readonly Network[] }[] = [];
  const spare = (why: string, addresses: readonly string[]) =>
    groups.push({ why, networks: addresses.flatMap((one) => networkOf(one) ?? []) });

  spare('"never" of the target names it', target.security.never);
  spare('it is an address of this host', ownAddresses());
  spare('it is the gateway of this host', gateways());
  spare('it is a name server of this host', nameServers());
  spare('somebody is logged in from it by SSH', sshPeers());
  for (const [what, url] of hostsNeeded(target)) spare(what, await addressesOf(url));
  for (const [network, what] of SPECIAL) spare(`it is ${what}`, [network]);

  return (what) => {
    const asked = networkOf(what);
    if (!asked) return 'it is no address';
    const found = groups.find(({ networks }) => networks.some((one) => overlap(one, asked)));
    if (!found) return undefined;
    return isSingle(asked) ? found.why : `of an address in it: ${found.why}`;
  };
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((each) =>
    (each ?? []).map(({ address }) => address),
  );
}

/** Of every route that leads over somebody: see proc_net(5). IPv4 is written in the order of the machine, IPv6 as it is read. */
function gateways(): string[] {
  const four = linesOf('/proc/net/route').flatMap(([, , gateway]) =>
    gateway !== undefined && /^[\dA-F]{8}$/i.test(gateway) && !/^0+$/.test(gateway)
      ? [
          gateway
            .match(/../g)!
            .toReversed()
            .map((byte) => Number.parseInt(byte, 16))
            .join('.'),
        ]
      : [],
  );
  const six = linesOf('/proc/net/ipv6_route').flatMap(([, , , , hop]) =>
    hop !== undefined && /^[\da-f]{32}$/i.test(hop) && !/^0+$/.test(hop)
      ? [hop.match(/.{4}/g)!.join(':')]
      : [],
  );
  return [...four, ...six];
}

function nameServers(): string[] {
  return ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf'].flatMap((file) =>
    linesOf(file).flatMap(([word, address]) =>
      word === 'nameserver' && address !== undefined ? [address] : [],
    ),
  );
}

/** Of every session, by what sshd has told it; and of those who are just logging in, by its ports. */
function sshPeers(): string[] {
  const pids = processIds();
  const told = pids.flatMap((pid) =>
    environmentOf(Number(pid)).flatMap(
      (one) => /^SSH_(?:CONNECTION|CLIENT)=(\S+)/.exec(one)?.[1] ?? [],
    ),
  );
  const daemons = pids.filter((pid) => programOf(pid).startsWith('sshd')).map(Number);
  const ports = new Set([
    22,
    ...listeningPorts(daemons).map((one) => Number(one.split(':').at(-1))),
  ]);
  const connected = (connections() ?? []).flatMap(({ local, peer, state }) =>
    state === 'established' && ports.has(local.port) ? [peer.address] : [],
  );
  return [...told, ...connected];
}

/** What the application and we cannot do without. */
function hostsNeeded(target: Spared): (readonly [string, string | undefined])[] {
  const { app, proxy, cache } = target;
  const { temporalAddress } = environment();
  return [
    ['it is the proxy of the target', proxy?.url],
    ['it is the application of the target', app.url],
    ['it is the cache of the target', cache && urlOf(cache.url, target)],
    ...Object.entries(target.channels).map(
      ([name, channel]) =>
        [
          `it is where "${name}" sends messages`,
          'url' in channel ? urlOf(channel.url, target) : undefined,
        ] as const,
    ),
    ['it is the Temporal server', temporalAddress && `tcp://${temporalAddress}`],
  ];
}

/** It may be named as a secret, which is read and goes nowhere. One that is missing has no host. */
function urlOf(url: string, { directory }: Spared): string | undefined {
  const name = SecretName.safeParse(url);
  if (!name.success) return url;
  try {
    return secretOf(name.data, directory);
  } catch {
    return undefined;
  }
}

async function addressesOf(url: string | undefined): Promise<string[]> {
  if (url === undefined || url === '' || !URL.canParse(url)) return [];
  const host = new URL(url).hostname.replaceAll(/^\[|\]$/g, '');
  if (host === '') return [];
  if (isIP(host) !== 0) return [host];
  const found = await within(
    lookup(host, { all: true }).catch(() => []),
    TIMEOUT,
  );
  return (found ?? []).map(({ address }) => address);
}

function linesOf(file: string): string[][] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/));
  } catch {
    return [];
  }
}
