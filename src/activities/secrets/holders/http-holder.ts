import type { Secret } from '../../../config/schema/security/secrets.ts';
import { passing } from '../../../os/failure.ts';
import { basic, sendHttp, troubleOf } from '../../../os/http/send-http.ts';
import type { Holder } from './holder.ts';

type HttpProof = Extract<Secret['prove'], { kind: 'http' }>;

/** In ms. */
const ANSWER_WITHIN = 10_000;

/** The application, which asks for the secret on one of its pages. */
export function httpHolder(proof: HttpProof): Holder {
  const { origin, pathname } = new URL(proof.url);
  const place = `${origin}${pathname}`;
  return {
    place,
    takes: 'read',
    async login(value) {
      const status = await statusFor(value);
      if (status === 401 || status === 403) return 'refused';
      if (status < 400) return 'accepted';
      throw passing('NotReady', `"${place}" answers ${status}, which says nothing of a secret`);
    },
    accept: async () => false,
    dismiss: async () => false,
  };

  async function statusFor(value: string): Promise<number> {
    try {
      // A page that leads elsewhere to log in takes nothing, and the other one would see the secret: no redirect is followed.
      const answer = await sendHttp(proof.url, {
        headers: headersOf(proof, value),
        signal: AbortSignal.timeout(ANSWER_WITHIN),
      });
      answer.drop();
      return answer.status;
    } catch (error) {
      throw passing('NotReady', `Cannot reach "${place}": ${troubleOf(error)}`);
    }
  }
}

function headersOf({ as, user, header }: HttpProof, value: string): Record<string, string> {
  if (as === 'bearer') return { authorization: `Bearer ${value}` };
  if (as === 'header') return { [header]: value };
  return basic(user, value);
}
