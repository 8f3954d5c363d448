import { signAnswer } from '../../config/links/answer-token.ts';
import { environment } from '../../config/environment.ts';
import type { Page } from '../../incident/page.ts';

/** Where the question of a run is answered, in the name of this person. Undefined: it asks nothing, or no longer. */
export function answerLink({ question, at }: Page, person: string): string | undefined {
  const { gatewayUrl, gatewaySecret } = environment();
  if (!question || question.until <= at || !gatewayUrl || !gatewaySecret) return undefined;
  const token = signAnswer({ ...question, person }, gatewaySecret);
  return `${gatewayUrl.replace(/\/+$/, '')}/answer/${token}`;
}
