import type { Plan, Question } from './plan.ts';

export interface Asking {
  /** Answers the id. What people have answered before stays, as long as the question is the same. */
  ask(id: string, found: string, choices: readonly string[]): string;
  answerTo(id: string): string | undefined;
  readonly questions: Question[];
}

/** Asks each question once. Without an answer it is `refuse`. */
export function openAsking(before: Pick<Plan, 'questions'> | undefined): Asking {
  const questions: Question[] = [];
  const known = new Map(before?.questions.map((one) => [one.id, one]));
  return {
    questions,
    ask(id, found, choices) {
      const all = ['refuse', ...choices];
      const old = known.get(id);
      const stays = old !== undefined && all.includes(old.answer);
      if (!questions.some((one) => one.id === id))
        questions.push({
          id,
          found,
          choices: all,
          answer: stays ? old.answer : 'refuse',
          ...(old?.sql !== undefined && { sql: old.sql }),
        });
      return id;
    },
    answerTo: (id) => known.get(id)?.answer,
  };
}
