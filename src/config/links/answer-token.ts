import { z } from 'zod';
import { RunQuestion } from '../border/run-question.ts';
import { readToken, signToken } from './signed-token.ts';

/** What a link in a message lets whoever holds it do: answer one question of one run, in the name of one person. */
export const AnswerLink = z.strictObject({ ...RunQuestion.shape, person: z.string().min(1) });
export type AnswerLink = z.infer<typeof AnswerLink>;

export function signAnswer(link: AnswerLink, secret: string): string {
  return signToken('answer', link, secret);
}

/** Undefined: not signed with this secret, or dead at `now`. */
export function readAnswer(token: string, secret: string, now: Date): AnswerLink | undefined {
  const { data } = AnswerLink.safeParse(readToken('answer', token, secret));
  return data && now < new Date(data.until) ? data : undefined;
}
