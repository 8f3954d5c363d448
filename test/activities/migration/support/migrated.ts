import type { Client } from 'pg';
import { copyAll } from '../../../../src/activities/migration/copy/copy-all.ts';
import { openQuestions, type Plan } from '../../../../src/activities/migration/plan/plan.ts';
import { profileAll } from '../../../../src/activities/migration/plan/profile-all.ts';
import { propose } from '../../../../src/activities/migration/plan/propose.ts';
import { resolve } from '../../../../src/activities/migration/plan/resolve.ts';
import { openSource } from '../../../../src/activities/migration/source/open-source.ts';

/** The first of these that a question has is its answer. */
const ANSWERS = [
  'rejects',
  'not valid',
  'lower',
  'unique',
  'shorten',
  'lower case',
  'as data',
  'as bytes',
  'leave out',
];

export function planOf(file: string, before?: Plan): Plan {
  const source = openSource(file);
  try {
    return propose(profileAll(source, before), before);
  } finally {
    source.close();
  }
}

/** As a person who answers in a hurry. */
export function answered(plan: Plan, answers: readonly string[] = ANSWERS): Plan {
  for (const question of openQuestions(plan))
    question.answer = answers.find((one) => question.choices.includes(one)) ?? 'refuse';
  return plan;
}

/** The plan of a person, made anew by the answers. */
export function wholePlan(file: string, answers?: readonly string[]): Plan {
  return answered(planOf(file, answered(planOf(file), answers)), answers);
}

export async function copyFrom(
  file: string,
  client: Client,
  plan: Plan,
  stamp = '20260105_020000',
) {
  const source = openSource(file);
  try {
    await client.query(`set time zone 'UTC'`);
    return await copyAll(source, client, resolve(plan), {
      stamp,
      role: 'postgres',
      users: [],
    });
  } finally {
    source.close();
  }
}
