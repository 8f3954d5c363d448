import { z } from 'zod';
import { TYPES } from '../values/column-type.ts';

const Name = z.string().min(1).max(1000);
const Sql = z.string().min(1).max(100_000);

/** What people decide. `refuse`: nothing is copied before they did. */
const Question = z.strictObject({
  id: Name,
  found: z.string().max(10_000),
  choices: z.array(z.string()).min(2),
  answer: z.string().max(100),
  /** What is run instead, when the answer is `sql`: one statement, or one expression. */
  sql: Sql.optional(),
});
export type Question = z.infer<typeof Question>;

const PlannedColumn = z.strictObject({
  name: Name,
  to: Name,
  declared: z.string(),
  /** People may change it: the next rehearsal tries it. */
  type: z.enum(TYPES),
  notNull: z.literal(true).optional(),
  default: Sql.optional(),
  /** PostgreSQL computes it, too. Without it, a computed column becomes one of data. */
  generated: Sql.optional(),
  identity: z.literal(true).optional(),
  /** Times, and yes and no, are written so when rows go back. */
  written: z.string().max(100).optional(),
  /** Questions about it. */
  ask: z.array(Name).optional(),
  /** What is in it, as text. */
  found: z.string().optional(),
});
export type PlannedColumn = z.infer<typeof PlannedColumn>;

/** Something that is made by a statement of its own after the rows: either `sql`, or what the answer to a question says. */
const PlannedObject = z.strictObject({
  name: Name,
  sql: Sql.optional(),
  ask: Name.optional(),
  /** What is run by which answer. One that is missing here, and is not `sql`, runs nothing. */
  answers: z.record(z.string(), Sql).optional(),
});
export type PlannedObject = z.infer<typeof PlannedObject>;

const PlannedTable = z.strictObject({
  name: Name,
  to: Name,
  rows: z.int().min(0),
  columns: z.array(PlannedColumn).min(1),
  key: z.array(Name),
  keys: z.array(PlannedObject),
  indexes: z.array(PlannedObject),
  foreignKeys: z.array(PlannedObject),
});
export type PlannedTable = z.infer<typeof PlannedTable>;

/** How a SQLite database becomes one of PostgreSQL. A file that people read and edit. */
export const Plan = z.strictObject({
  version: z.literal(1),
  /** Of the schema for which it was made. */
  schema: z.string().regex(/^[0-9a-f]{64}$/),
  /** What PostgreSQL will not have. */
  told: z.array(z.string()),
  questions: z.array(Question),
  tables: z.array(PlannedTable),
  /** Views and triggers. */
  others: z.array(PlannedObject),
});
export type Plan = z.infer<typeof Plan>;

/** Those without an answer. */
export function openQuestions({ questions }: Plan): Question[] {
  return questions.filter(
    ({ answer, choices, sql }) =>
      answer === 'refuse' || !choices.includes(answer) || (answer === 'sql' && sql === undefined),
  );
}
