import { condition, defineQuery, setHandler } from '@temporalio/workflow';

/** Has the id of another workflow, and answers its query with what it never would. */
export async function lying(): Promise<void> {
  setHandler(defineQuery('holds'), () => [null]);
  await condition(() => false);
}
