import { isIP } from 'node:net';
import tls from 'node:tls';
import { inMilliseconds } from '../../../config/time/duration.ts';
import type { Figure } from '../../../figures/figure.ts';
import { answerWithin, measured, notApplicable, type Sampling, unknown } from '../sampling.ts';

const NAMES = ['certificate.expiry', 'certificate.name', 'certificate.chain'] as const;
const UNITS = {
  'certificate.expiry': 'seconds',
  'certificate.name': 'count',
  'certificate.chain': 'count',
} as const;
const DAY = 86_400;

/** See X509_STORE_CTX_get_error(3). No browser takes such a chain, whichever authorities it knows. */
const BROKEN: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'a certificate between it and its authority has ended',
  CERT_NOT_YET_VALID: 'it, or one that it is signed by, is not valid yet',
  CERT_SIGNATURE_FAILURE: 'a signature in it is wrong',
};

/** What it needs to know of a sample. */
type Asked = Pick<Sampling, 'target' | 'at'>;

/** `certificate.expiry` in seconds left, `certificate.name` and `certificate.chain` with 1 when they are good: three findings. */
export async function certificate(sampling: Asked): Promise<readonly Figure[]> {
  const { app, proxy } = sampling.target;
  const url = new URL(proxy?.url ?? app.url);
  const source = `TLS of ${url.host}`;
  if (url.protocol !== 'https:')
    return NAMES.map((name) =>
      notApplicable(sampling, name, UNITS[name], source, 'It is not asked by https'),
    );
  const shown = await handshake(url, answerWithin(sampling)).catch((error: Error) => error);
  if (shown instanceof Error)
    return NAMES.map((name) => unknown(sampling, name, UNITS[name], source, shown.message));
  const { leaf, problem } = shown;
  const until = leaf.validToDate;
  const left = (until.getTime() - Date.now()) / 1000;
  const warning = inMilliseconds(proxy?.certificateWarning ?? '21d') / 1000;
  const host = hostOf(url);
  const fits = (isIP(host) ? leaf.checkIP(host) : leaf.checkHost(host)) !== undefined;
  return [
    measured(
      sampling,
      'certificate.expiry',
      {
        value: left,
        unit: 'seconds',
        source,
        note: `${left < 0 ? 'Expired' : 'Valid until'} ${until.toISOString()}, ${(Math.abs(left) / DAY).toFixed(1)} days ${left < 0 ? 'ago' : 'left'}`,
      },
      {
        verdict: left <= 0 ? 'critical' : left < warning ? 'warning' : 'ok',
        limit: `warning below ${proxy?.certificateWarning ?? '21d'}, critical when it is over`,
      },
    ),
    measured(
      sampling,
      'certificate.name',
      {
        value: Number(fits),
        unit: 'count',
        source,
        note: fits
          ? `It is for ${host}`
          : `It is not for ${host}, but for ${leaf.subjectAltName ?? leaf.subject}`,
      },
      { verdict: fits ? 'ok' : 'critical', limit: 'critical for another name' },
    ),
    chain(sampling, source, isFindingOfItsOwn(problem, left) ? undefined : problem),
  ];
}

/** That its own end is over, and that it is for another name, is told by the other figures. */
function isFindingOfItsOwn(problem: string | undefined, left: number): boolean {
  return (
    problem === 'ERR_TLS_CERT_ALTNAME_INVALID' || (problem === 'CERT_HAS_EXPIRED' && left <= 0)
  );
}

function chain(sampling: Asked, source: string, problem: string | undefined): Figure {
  const reading = (value: number, note: string) =>
    ({ value, unit: 'count', source, note }) as const;
  const limit = 'critical when it is broken, warning when its authority is unknown here';
  const name = 'certificate.chain';
  if (problem === undefined)
    return measured(sampling, name, reading(1, 'It leads to an authority that is known here'), {
      verdict: 'ok',
      limit,
    });
  const why = BROKEN[problem];
  if (why !== undefined)
    return measured(sampling, name, reading(0, `The chain is broken: ${why} (${problem})`), {
      verdict: 'critical',
      limit,
    });
  // One of an authority of one's own is unknown to this program, and may be known to browsers.
  const note = `It leads to no authority that is known here (${problem})`;
  return measured(sampling, name, reading(0, note), { verdict: 'warning', limit });
}

interface Shown {
  readonly leaf: NonNullable<ReturnType<tls.TLSSocket['getPeerX509Certificate']>>;
  /** A code of OpenSSL: `CERT_HAS_EXPIRED`, `UNABLE_TO_VERIFY_LEAF_SIGNATURE`. */
  readonly problem: string | undefined;
}

function handshake(url: URL, timeout: number): Promise<Shown> {
  const host = hostOf(url);
  const { promise, resolve, reject } = Promise.withResolvers<Shown>();
  const socket = tls.connect({
    host,
    port: Number(url.port || 443),
    rejectUnauthorized: false,
    ...(isIP(host) === 0 && { servername: host }),
  });
  const timer = setTimeout(
    () => reject(new Error(`No certificate came within ${timeout / 1000} s`)),
    timeout,
  );
  socket.on('error', ({ message }) => reject(new Error(`No certificate came: ${message}`)));
  socket.on('secureConnect', () => {
    const leaf = socket.getPeerX509Certificate();
    // By its type an Error, by what Node gives a code.
    const problem = socket.authorized ? undefined : String(socket.authorizationError);
    if (leaf) resolve({ leaf, problem });
    else reject(new Error('No certificate came'));
  });
  return promise.finally(() => {
    clearTimeout(timer);
    socket.destroy();
  });
}

function hostOf({ hostname }: URL): string {
  return hostname.replaceAll(/^\[|\]$/g, '');
}
