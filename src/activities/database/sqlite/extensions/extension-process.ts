/** The process that loads a target's extensions, judges one database, and ends. */
import { failureOf } from '../../../../os/failure-of.ts';
import { examineHere } from '../examine.ts';
import { inspect } from '../proof/inspect.ts';
import { integrityHere } from '../upkeep/expect-sound.ts';
import type { Answered, Asked } from './beside-with.ts';
import { ExtensionTrouble, loadExtensions } from './load-extensions.ts';

// Whoever asked is gone.
process.on('disconnect', () => process.exit(1));
process.once('message', (asked: Asked) => process.send!(answered(asked)));

function answered(asked: Asked): Answered {
  try {
    return { result: judged(asked) };
  } catch (error) {
    if (error instanceof ExtensionTrouble) return { trouble: error.message };
    const { type, message, nonRetryable } = failureOf(error);
    return { failure: { type: type ?? 'Failure', message, final: nonRetryable ?? false } };
  }
}

function judged(asked: Asked): unknown {
  if (asked.task === 'inspect') {
    const { result, trouble } = inspectWith(asked);
    if (trouble) throw trouble;
    return result;
  }
  const { target, task } = asked;
  const { extensions } = target.database;
  const judge = task === 'examine' ? examineHere : integrityHere;
  return judge(target, (db) => loadExtensions(db, extensions));
}

/** What goes wrong in an inspection is a part of its answer: but for this. */
function inspectWith({ request, extensions }: Extract<Asked, { task: 'inspect' }>) {
  let trouble: ExtensionTrouble | undefined;
  const result = inspect(request, (db) => {
    try {
      loadExtensions(db, extensions);
    } catch (error) {
      trouble = error as ExtensionTrouble;
      throw error;
    }
  });
  return { result, trouble };
}
