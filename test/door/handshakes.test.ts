import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { askDoor } from '../../src/door/ask-door.ts';
import { doorFiles, SOCKETS } from '../../src/door/door-files.ts';
import { openFront } from '../../src/door/front.ts';
import { tooMany } from '../../src/door/handshakes.ts';
import { makeClientCertificate } from '../../src/door/make-certificate.ts';
import { ownCertificates, type OwnCertificates } from '../../src/door/own-certificates.ts';
import { APP, isRoot, NEEDS_ROOT } from '../support/application-user.ts';
import { reservedPort } from '../support/reserved-port.ts';

const HELD = 500;
/** A door on a busy machine. */
const PATIENCE = 60_000;
/** Opens connections, says nothing by them, and opens each anew that is cut; prints how many are open. With a key they are let in, one after another. */
const HOLD = `
import { connect as plain } from 'node:net';
import { connect as secure } from 'node:tls';
const [port, count, hand] = process.argv.slice(1);
const { authority: ca, certificate: cert, key } = JSON.parse(hand);
const to = { host: '127.0.0.1', port: Number(port) };
const trust = { ca, cert, key, servername: 'localhost', ALPNProtocols: ['h2'] };
let open = 0;
const one = () => (ca ? secure({ ...to, ...trust }) : plain(to))
  .once('connect', () => { open += 1; })
  .once('close', () => { open -= 1; setTimeout(one, 1000); })
  .on('error', () => {});
let left = Number(count);
const next = () => left-- > 0 && one().once('secureConnect', next);
if (ca) next();
else while (left-- > 0) one();
setInterval(() => console.log('open ' + open), 100);
`;

describe('a door at which another user holds handshakes', () => {
  let directory: string;
  let certificates: OwnCertificates;
  let port: number;
  let front: { close(): Promise<void> };

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'handshakes-'));
    const files = doorFiles(join(directory, 'temporal.db'));
    certificates = await ownCertificates(files);
    port = await reservedPort();
    front = await openFront({ files, certificates, port });
  });

  afterEach(async () => {
    await front.close();
    rmSync(directory, { recursive: true });
  });

  test.skipIf(!isRoot)(
    `cuts most of ${HELD}, and welcomes its owner meanwhile (${NEEDS_ROOT})`,
    async () => {
      const holder = hold(APP);
      await vi.waitFor(
        () =>
          expect(log()).toMatch(
            new RegExp(`cut \\d{3} connections of user ${APP}: too many at once without`),
          ),
        PATIENCE,
      );

      await expectWelcome();
      const left = await holder.next();
      holder.end();

      expect(left).toBeGreaterThan(0);
    },
  );

  test('leaves those of its own user alone, who has other means', async () => {
    const holder = hold();
    await vi.waitFor(() => expect(holder.counts()).toContain(HELD), PATIENCE);

    await expectWelcome();
    holder.end();

    expect(log()).not.toContain('too many');
  });

  test.skipIf(!isRoot)(`counts nobody who was let in (${NEEDS_ROOT})`, async () => {
    let served = 0;
    const behind = createServer(() => (served += 1));
    behind.listen(join(directory, 'temporal.db.door', SOCKETS.server));
    const { authority, client } = certificates;
    const holder = hold(APP, 140, { authority: authority.certificate, ...client });

    await vi.waitFor(() => expect(served).toBe(140), PATIENCE);
    expect(await askDoor(`127.0.0.1:${port}`, await stranger())).toBe('refused');
    const left = await holder.next();
    holder.end();
    behind.close();

    expect(left).toBe(140);
    expect(log()).not.toContain('too many');
  });

  /** A busy machine may need more than one call. */
  async function expectWelcome(): Promise<void> {
    await vi.waitFor(async () => expect(await ask()).toBe('welcome'), PATIENCE);
  }

  function ask() {
    const { authority, client } = certificates;
    return askDoor(`127.0.0.1:${port}`, { authority: authority.certificate, ...client });
  }

  async function stranger() {
    const { authority } = certificates;
    const made = await makeClientCertificate(authority, 'stranger');
    return { authority: authority.certificate, ...made };
  }

  function log(): string {
    return readFileSync(doorFiles(join(directory, 'temporal.db')).log, {
      encoding: 'utf8',
      flag: 'a+',
    });
  }

  function hold(uid?: number, count = HELD, hand = {}) {
    let text = '';
    const child = execa(
      process.execPath,
      ['--input-type=module', '-e', HOLD, String(port), String(count), JSON.stringify(hand)],
      {
        stdin: 'ignore',
        cwd: '/',
        reject: false,
        buffer: false,
        ...(uid !== undefined && { uid, gid: uid }),
      },
    );
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const counts = () => [...text.matchAll(/open (\d+)\n/g)].map(([, count]) => Number(count));
    return {
      counts,
      /** One that was counted after the call: the last may be from before, and the one after it on its way. */
      async next(): Promise<number> {
        const past = counts().length;
        return vi.waitUntil(() => counts()[past + 1], PATIENCE);
      },
      end: () => child.kill(),
    };
  }
});

describe('tooMany', () => {
  const of = (uid: number, ...names: string[]) => names.map((socket) => ({ socket, uid }));

  test('takes the oldest of the user who holds most, and of nobody else', () => {
    const names = Array.from({ length: 70 }, (_, index) => `held-${index}`);

    expect(tooMany([...of(1001, 'guest'), ...of(1002, ...names), ...of(0, 'root')])).toEqual({
      uid: 1002,
      sockets: names.slice(0, 6),
    });
  });

  test('takes one when everybody holds few, and none of root', () => {
    expect(tooMany([...of(1001, 'a'), ...of(1002, 'b', 'c')])?.sockets).toEqual(['b']);
    expect(tooMany(of(0, 'a', 'b'))).toBeUndefined();
  });
});
