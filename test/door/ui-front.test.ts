import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { findNetworkNamespace } from '../../src/dev/server/closed/network-namespace.ts';
import { findTemporal } from '../../src/dev/server/find-temporal.ts';
import { type EmbeddedTemporal, startTemporal } from '../../src/dev/server/start-temporal.ts';
import { makeAuthority, makeClientCertificate } from '../../src/door/make-certificate.ts';
import { openUiFront } from '../../src/door/ui/ui-front.ts';
import { reservedPort } from '../support/reserved-port.ts';
import { browse } from './support/browse.ts';

const found = await findNetworkNamespace();
const refusal = 'refusal' in found ? found.refusal : '';
const LIST = '/namespaces/runbooks/workflows';
const API = '/api/v1/namespaces';

describe.skipIf(refusal !== '')(
  'Temporal UI of a closed server (needs a network namespace)',
  () => {
    let directory: string;
    let server: EmbeddedTemporal;

    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), 'ui-front-'));
      server = await startTemporal({
        path: (await findTemporal({ onProgress: () => {} })).path,
        dataFile: join(directory, 'temporal.db'),
        durability: 'NORMAL',
        namespace: 'runbooks',
        ports: { grpc: await reservedPort(), ui: await reservedPort() },
        ui: true,
        closed: true,
      });
      await vi.waitFor(expectAnswers, { timeout: 60_000, interval: 200 });
    });

    /** The pages come at once; behind them the server says 503 for a moment after its start. */
    async function expectAnswers(): Promise<void> {
      await using front = await opened();
      const { host, port, path } = front;
      const { cookie } = await browse(port, path, { host });

      expect((await browse(port, API, { host, cookie: cookie! })).status).toBe(200);
    }

    afterAll(async () => {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    });

    test('is shown to who opens the link first, and to nobody else', async () => {
      await using front = await opened();
      const { host, port, path } = front;

      const without = await browse(port, LIST, { host });
      const guessed = await browse(port, '/open/guess', { host });
      const first = await browse(port, path, { host });
      const again = await browse(port, path, { host });
      const page = await browse(port, first.location!, { host, cookie: first.cookie! });
      const list = await browse(port, API, { host, cookie: first.cookie! });

      expect([without, guessed, first, again, page, list].map(({ status }) => status)).toEqual([
        401, 401, 303, 401, 200, 200,
      ]);
      expect(first.location).toBe(LIST);
      expect(page.text).toContain('/_app/immutable/entry/start.');
      expect(list.text).toContain('"runbooks"');
      expect(again.text).toContain('used already. If it was not you, end "runbook ui"');
      expect(front.refused).toHaveLength(2);
    });

    test('answers to no other name, and to no page of another server', async () => {
      await using front = await opened();
      const { host, port, path } = front;
      const { cookie } = await browse(port, path, { host });
      const own = { host, cookie: cookie! };
      const asked = (more: object) => browse(port, API, { ...own, ...more });

      const answers = await Promise.all([
        asked({}),
        asked({ host: `127.0.0.1:${port}` }),
        asked({ host: `localhost:${port}` }),
        asked({ host: 'evil.example' }),
        asked({ method: 'POST', origin: 'http://evil.example' }),
        asked({ method: 'POST' }),
        asked({ origin: 'http://evil.example' }),
      ]);

      expect(answers.map(({ status }) => status)).toEqual([200, 403, 403, 403, 403, 403, 403]);
    });

    test('is not had by a certificate that opens nothing', async () => {
      const authority = await makeAuthority();
      const foreign = await makeClientCertificate(authority, 'root');
      await using front = await opened({ ...server.key!, ...foreign });
      const { host, port, path } = front;
      const { cookie } = await browse(port, path, { host });

      const { status, text } = await browse(port, LIST, { host, cookie: cookie! });

      expect(status).toBe(502);
      expect(text).toContain(`The Temporal server at ${server.address} does not answer`);
    });

    async function opened(key = server.key!) {
      const { address } = server;
      const refused: string[] = [];
      const front = await openUiFront({
        door: { address, dataFile: join(directory, 'temporal.db'), key },
        port: await reservedPort(),
        to: LIST,
        onRefusedLink: ({ text }) => refused.push(text),
      });
      const { host, port, pathname: path } = new URL(front.link);
      return {
        host,
        port: Number(port),
        path,
        refused,
        [Symbol.asyncDispose]: () => front.close(),
      };
    }
  },
);
