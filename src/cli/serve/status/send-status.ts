import { environment } from '../../../config/environment.ts';
import { UsageError } from '../../../config/usage-error.ts';
import { plainLine } from '../../../config/text/plain-text.ts';
import { sendHttp, troubleOf } from '../../../os/http/send-http.ts';
import { type StatusFile, statusText } from '../../../state/figures/status-file.ts';
import { sayOf } from '../../output/say.ts';

const LIMIT_MILLISECONDS = 5000;
const LETTERS = 200;

type Sent = Omit<StatusFile, 'version'>;

export interface StatusSender {
  /** Returns at once. While one is under way, only the newest waits. */
  send(status: Sent): void;
  stop(): Promise<void>;
}

/** To the gateway on another host, where RUNBOOK_GATEWAY_STATUS_TOKEN says that it is told. Error: `UsageError`. */
export function statusSender(): StatusSender | undefined {
  const { gatewayStatusToken: token, gatewayUrl: url } = environment();
  if (token === undefined) return undefined;
  if (url === undefined || !/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw new UsageError(
      'Cannot tell a gateway how targets are: RUNBOOK_GATEWAY_URL does not say where it is',
      'export RUNBOOK_GATEWAY_URL=https://ops.example.com, or unset RUNBOOK_GATEWAY_STATUS_TOKEN',
    );
  return openStatusSender(url, token);
}

/** What goes wrong is told once, and tried again with the next status: nobody waits for it. */
export function openStatusSender(url: string, token: string): StatusSender {
  const base = url.replace(/\/+$/, '');
  const over = new AbortController();
  const waiting = new Map<string, Sent>();
  const underWay = new Map<string, Promise<void>>();
  const troubles = new Map<string, string>();

  return {
    send(status) {
      const { target } = status;
      waiting.set(target, status);
      if (!underWay.has(target)) underWay.set(target, sendAll(target));
    },
    async stop() {
      over.abort();
      await Promise.all(underWay.values());
    },
  };

  async function sendAll(target: string): Promise<void> {
    for (let status = waiting.get(target); status; status = waiting.get(target)) {
      waiting.delete(target);
      tell(target, await attempt(status));
    }
    underWay.delete(target);
  }

  /** What went wrong: a sentence. */
  async function attempt(status: Sent): Promise<string | undefined> {
    if (over.signal.aborted) return undefined;
    try {
      // Who sends it elsewhere gets no token: no redirect is followed.
      const answer = await sendHttp(`${base}/status/${status.target}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: statusText(status),
        signal: AbortSignal.any([over.signal, AbortSignal.timeout(LIMIT_MILLISECONDS)]),
      });
      const said = await answer.text();
      return answer.ok ? undefined : `${answer.status} ${plainLine(said, LETTERS)}`;
    } catch (error) {
      return over.signal.aborted ? undefined : `No connection (${troubleOf(error)})`;
    }
  }

  function tell(target: string, trouble: string | undefined): void {
    const before = troubles.get(target);
    if (trouble === before) return;
    if (trouble === undefined) {
      troubles.delete(target);
      sayOf({ target }, `Able to tell ${base} how "${target}" is again`);
      return;
    }
    troubles.set(target, trouble);
    sayOf({ target }, `Warning: Cannot tell ${base} how "${target}" is: ${trouble}`);
  }
}
