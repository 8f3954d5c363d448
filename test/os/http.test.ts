import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { execa } from 'execa';
import { afterEach, describe, expect, test } from 'vitest';
import { answerOf } from '../../src/activities/app/answer-of.ts';
import { sendHttp, troubleOf } from '../../src/os/http/send-http.ts';

/** To which `fetch` connects under no circumstances. */
const REFUSED_BY_FETCH = [6665, 6666, 6667, 6668, 6669, 6697, 10_080, 6566];

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

describe('a request to a URL that people have named', () => {
  test('is sent to any port', async () => {
    const at = await listening((_, response) => response.end('well'), REFUSED_BY_FETCH);

    await expect(fetch(at)).rejects.toThrow('fetch failed');
    expect(await answerOf(at, 5000)).toMatchObject({ ok: true, text: '200' });
    expect(await textFrom(at)).toBe('well');
  });

  test('puts a name and a password where HTTP wants them, odd ones too', async () => {
    const at = await listening(({ headers }, response) => response.end(headers.authorization));

    expect(await textFrom(at.replace('//', '//o%C3%B6p:s%3Acret@'))).toBe(basic('oöp:s:cret'));
    expect(await textFrom(at.replace('//', '//op:100%@'))).toBe(basic('op:100%'));
    expect(await textFrom(at)).toBe('');
  });

  test('says who asks, and follows no redirect', async () => {
    const asked: string[] = [];
    const at = await listening(({ headers, url }, response) => {
      asked.push(`${url} ${headers['user-agent']}`);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });

    const answer = await sendHttp(at, { signal: soon() });
    answer.drop();
    expect(answer).toMatchObject({ status: 302, ok: false, headers: { location: '/elsewhere' } });
    expect(asked).toEqual(['/ durable-runbooks']);
  });

  test('takes a megabyte of an answer without an end, and leaves', async () => {
    const left = Promise.withResolvers<void>();
    const at = await listening((request, response) => {
      const more = setInterval(() => response.write('x'.repeat(300_000)), 1);
      request.socket.once('close', () => {
        clearInterval(more);
        left.resolve();
      });
    });

    const text = await textFrom(at);
    expect(text.length).toBeGreaterThanOrEqual(2 ** 20);
    expect(text.length).toBeLessThan(2 ** 21);
    await left.promise;
  });

  test('goes through the proxy of the environment where Node is told to', async () => {
    const asked: string[] = [];
    const proxy = await listening(({ url }, response) => {
      asked.push(url!);
      response.end('well');
    });
    const env = { HTTP_PROXY: proxy, NODE_USE_ENV_PROXY: '1' };

    expect(await textOfOther('http://chat.invalid/hook', env)).toBe('well');
    expect(asked).toEqual(['http://chat.invalid/hook']);
    expect(await textOfOther('http://chat.invalid/hook', { HTTP_PROXY: proxy })).toBe('ENOTFOUND');
  });

  test('keeps no connection to an answer that is dropped, or read', async () => {
    const at = await listening((_, response) => response.write('not all'));
    (await sendHttp(at, { signal: soon() })).drop();
    await expect.poll(() => openTo(servers[0]!)).toBe(0);

    const other = await listening((_, response) => response.end('all'));
    await textFrom(other);
    await expect.poll(() => openTo(servers[1]!)).toBe(0);
  });

  test('tells why there was no answer, and nothing of what was sent', async () => {
    const at = await listening(() => {});
    await expect(sendHttp(at, { signal: AbortSignal.timeout(50) })).rejects.toSatisfy(
      (error) => troubleOf(error) === 'TimeoutError',
    );
    const broken = await listening(({ socket }) => socket.destroy());
    await expect(sendHttp(broken, { signal: soon() })).rejects.toSatisfy((error) =>
      /^(UND_ERR_SOCKET|ECONNRESET)$/.test(troubleOf(error)),
    );
    const shell = await listening(({ socket }) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    await expect(sendHttp(shell, { signal: soon() })).rejects.toSatisfy(
      (error) => troubleOf(error) === 'HTTPParserError',
    );
    const half = await listening((_, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('hi');
      setTimeout(() => response.socket!.destroy(), 20);
    });
    const answer = await sendHttp(half, { signal: soon() });
    await expect(answer.text()).rejects.toSatisfy((error) =>
      /^UND_ERR_(SOCKET|RES_CONTENT_LENGTH_MISMATCH)$/.test(troubleOf(error)),
    );
    const headers = { authorization: 'Bearer se\ncret' };
    await expect(sendHttp(at, { signal: soon(), headers })).rejects.toSatisfy(
      (error) => troubleOf(error) === 'UND_ERR_INVALID_ARG',
    );
  });
});

function soon(): AbortSignal {
  return AbortSignal.timeout(10_000);
}

function basic(text: string): string {
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

async function textFrom(url: string): Promise<string> {
  return (await sendHttp(url, { signal: soon() })).text();
}

/** Of another process: the environment counts from its start. */
async function textOfOther(url: string, env: Record<string, string>): Promise<string> {
  const module = new URL('../../src/os/http/send-http.ts', import.meta.url).href;
  const program = `
    const { sendHttp, troubleOf } = await import(${JSON.stringify(module)});
    const signal = AbortSignal.timeout(10_000);
    const answer = await sendHttp(${JSON.stringify(url)}, { signal }).catch(troubleOf);
    console.log(typeof answer === 'string' ? answer : await answer.text());`;
  const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', program], { env });
  return stdout;
}

function openTo(server: Server): Promise<number> {
  return new Promise((resolve) => server.getConnections((_, open) => resolve(open)));
}

/** On the first of these ports that is free. */
async function listening(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  [port, ...others]: readonly number[] = [0],
): Promise<string> {
  const server = createServer(answer);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(port, '127.0.0.1', resolve);
  try {
    await promise;
  } catch (error) {
    if (others.length === 0) throw error;
    return listening(answer, others);
  }
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
