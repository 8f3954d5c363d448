import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { hasBlocks } from '../../../src/activities/security/block/block-record.ts';
import {
  block,
  blocksOf,
  inForce,
  restoreBlocks,
  unblock,
} from '../../../src/activities/security/block/blocks.ts';
import { Security } from '../../../src/config/schema/security/security.ts';
import type { Target } from '../../../src/config/schema/target.ts';
import { test } from '../../support/target.ts';
import { type Network, openNetwork, whyNoNetwork } from './support/network.ts';

const why = whyNoNetwork();
const RUN = 'security-incident/shop/20260105_020000';
const FOUR = '203.0.113.7';
const SIX = '2001:db8::7';

let network: Network;
let host: string;
const before = process.env['RUNBOOK_HOST_DIRECTORY'];

const needed: readonly (readonly [string, () => string | undefined])[] = [
  ['an address of this host', () => ownAddress()],
  ['this host itself', () => '127.0.0.1'],
  ['this host itself, as IPv6 carries it', () => '::ffff:127.0.0.1'],
  ['"never" of the target names it', () => '198.51.100.9'],
  ['it is the proxy of the target', () => '192.0.2.80'],
  ['a name server', () => nameServer()],
];

describe.skipIf(why !== undefined)(`block${why ? ` (${why})` : ''}`, () => {
  beforeAll(() => {
    network = openNetwork();
    host = mkdtempSync('/var/lib/runbook-test-');
    process.env['RUNBOOK_HOST_DIRECTORY'] = host;
  });
  afterAll(() => {
    network.end();
    rmSync(host, { recursive: true, force: true });
    if (before === undefined) delete process.env['RUNBOOK_HOST_DIRECTORY'];
    else process.env['RUNBOOK_HOST_DIRECTORY'] = before;
  });

  test('keeps out these addresses and no others, IPv4 and IPv6, and the kernel ends it by itself', async ({
    target,
  }) => {
    guard(target);
    expect([FOUR, SIX].map(reaches)).toEqual([true, true]);

    const made = await block(target, RUN, { addresses: [FOUR, SIX], for: '20s', reason: 'x' });
    const during = [FOUR, SIX, '203.0.113.8', '2001:db8::8'].map(reaches);
    // Nobody does anything until then, and nft itself takes a moment to tell the kernel.
    await sleep(Date.parse(made.until) + 1000 - Date.now());
    const after = [FOUR, SIX].map(reaches);

    expect(made).toMatchObject({ changed: true, addresses: [FOUR, SIX] });
    expect(during).toEqual([false, false, true, true]);
    expect(after).toEqual([true, true]);
    expect(await inForce(target)).toEqual([]);
  });

  test('is made again for the rest of its time when somebody has flushed all rules', async ({
    target,
  }) => {
    guard(target);
    const { until } = await block(target, RUN, { addresses: [FOUR], for: '60s', reason: 'x' });
    network.inside('nft', 'flush', 'ruleset');
    const lost = reaches(FOUR);
    await sleep(1100);

    const note = await restoreBlocks(target);

    expect([lost, reaches(FOUR)]).toEqual([true, false]);
    expect(note).toMatch(/^1 block of "test-.*" was gone, and is there again .*: 203\.0\.113\.7$/);
    expect(await restoreBlocks(target)).toBeUndefined();
    const left = secondsLeft();
    expect(left).toBeGreaterThan(40);
    expect(left).toBeLessThan(60);
    expect(blocksOf(target).map((one) => one.until)).toEqual([until]);
    await unblock(target, { run: RUN });
  });

  test('is done once: a second attempt of the same run keeps its end, and no rule is there twice', async ({
    target,
  }) => {
    guard(target);
    const request = { addresses: [FOUR], for: '60s', reason: 'x' };

    const first = await block(target, RUN, request);
    await sleep(1100);
    const second = await block(target, RUN, request);

    expect(second).toMatchObject({ changed: false, until: first.until });
    expect(
      network.inside('nft', 'list', 'table', 'inet', 'durable_runbooks').match(/drop/g),
    ).toHaveLength(2);
    expect(await unblock(target, { run: 'another' })).toMatchObject({ addresses: [] });
    expect(reaches(FOUR)).toBe(false);
    expect(await unblock(target, { run: RUN })).toEqual({ changed: true, addresses: [FOUR] });
    expect(reaches(FOUR)).toBe(true);
    expect(hasBlocks(target)).toBe(false);
  });

  test('stays for another target that wants it, and for the longer of two times', async ({
    target,
  }) => {
    guard(target);
    const other = { ...target, name: 'other' };
    await block(target, RUN, { addresses: [FOUR], for: '60s', reason: 'x' });
    await block(other, RUN, { addresses: [FOUR], for: '300s', reason: 'y' });
    expect(secondsLeft()).toBeGreaterThan(200);

    await unblock(target, { address: FOUR });
    const still = reaches(FOUR);
    await unblock(other, { address: FOUR });

    expect([still, reaches(FOUR)]).toEqual([false, true]);
  });

  test.for(needed)('refuses all for one that is needed: %s', async ([, address], { target }) => {
    guard(target);
    target.security.never = ['198.51.100.0/24'];
    target.proxy = { kind: 'nginx', url: 'http://192.0.2.80/', certificateWarning: '21d' };
    const found = address();
    if (found === undefined) return;
    const canonical = found.replace('::ffff:', '');

    const made = block(target, RUN, { addresses: [FOUR, canonical], for: '60s', reason: 'x' });

    await expect(made).rejects.toMatchObject({ type: 'NotToBeBlocked' });
    expect(await inForce(target)).toEqual([]);
    expect(blocksOf(target)).toEqual([]);
    expect(reaches(FOUR)).toBe(true);
  });

  test('keeps out a network and not its neighbours, each block until its own end, and is made again', async ({
    target,
  }) => {
    guard(target);
    const [fours, sixes] = ['203.0.113.0/29', '2001:db8::/125'];

    // An address inside of a network that ends sooner stays for its own time.
    await block(target, RUN, { addresses: [FOUR], for: '10m', reason: 'x' });
    const { until } = await block(target, RUN, {
      addresses: [fours, sixes],
      for: '25s',
      reason: 'x',
    });
    const during = [FOUR, SIX, '203.0.113.8', '2001:db8::8'].map(reaches);
    network.inside('nft', 'flush', 'ruleset');
    const lost = [FOUR, SIX].map(reaches);
    const note = await restoreBlocks(target);
    const again = [FOUR, SIX, '203.0.113.8'].map(reaches);
    const forced = await inForce(target);
    await sleep(Math.max(0, Date.parse(until) + 500 - Date.now()));
    const after = [FOUR, SIX].map(reaches);
    await unblock(target, { address: FOUR });

    expect(during).toEqual([false, false, true, true]);
    expect(lost).toEqual([true, true]);
    expect(note).toMatch(/^3 blocks of/);
    expect(again).toEqual([false, false, true]);
    expect(forced.toSorted()).toEqual([fours, FOUR, sixes].toSorted());
    expect(after).toEqual([false, true]);
    expect(reaches(FOUR)).toBe(true);
  });

  test('is there in the kernel when its worker is killed, and on record', async ({ target }) => {
    guard(target);
    const script = `import { block } from ${JSON.stringify(join(process.cwd(), 'src/activities/security/block/blocks.ts'))};
      await block(${JSON.stringify(target)}, 'r', { addresses: ['${FOUR}'], for: '15s', reason: 'x' });
      process.kill(process.pid, 'SIGKILL');`;

    const { signal } = spawnSync(process.execPath, [
      '--input-type=module-typescript',
      '-e',
      script,
    ]);

    expect([signal, reaches(FOUR)]).toEqual(['SIGKILL', false]);
    expect(blocksOf(target)).toHaveLength(1);
    await sleep(15_200);
    expect(reaches(FOUR)).toBe(true);
    expect(await restoreBlocks(target)).toBeUndefined();
    expect(hasBlocks(target)).toBe(false);
  });

  test('says what it needs where it may not, or has no nft', async ({ target }) => {
    guard(target);
    const request = { addresses: [FOUR], for: '60s', reason: 'x' };
    target.security.block.command = ['setpriv', '--reuid=65534', '--clear-groups', 'nft'];
    await expect(block(target, RUN, request)).rejects.toMatchObject({
      type: 'NotPermitted',
      message: expect.stringMatching(/needs root/),
    });
    target.security.block.command = ['no-such-nft'];
    await expect(block(target, RUN, request)).rejects.toMatchObject({
      type: 'CommandMissing',
      message: expect.stringMatching(/apt-get install nftables/),
    });
    guard(target);
    await unblock(target, { run: RUN });
  });
});

function guard(target: Target): void {
  target.security = Security.parse({ block: { command: network.nft } });
}

/** Whether whoever comes from this address is answered: nobody listens, and to be told so is an answer. */
function reaches(address: string): boolean {
  const to = address.includes(':') ? '2001:db8::1' : '203.0.113.1';
  const asks = `import socket
s = socket.socket(socket.AF_INET6 if ":" in "${to}" else socket.AF_INET)
s.settimeout(0.7)
s.bind(("${address}", 0))
try: s.connect(("${to}", 9)); print("answered")
except ConnectionRefusedError: print("answered")
except OSError: print("nothing")`;
  return network.outside('python3', '-c', asks).trim() === 'answered';
}

function secondsLeft(): number {
  const text = network.inside('nft', '-j', 'list', 'set', 'inet', 'durable_runbooks', 'blocked4');
  return Number(/"expires": (\d+)/.exec(text)?.[1]);
}

function ownAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return all.find(({ internal, family }) => !internal && family === 'IPv4')?.address;
}

function nameServer(): string | undefined {
  return /^nameserver (\d[\d.]+)/m.exec(readFileSync('/etc/resolv.conf', 'utf8'))?.[1];
}
