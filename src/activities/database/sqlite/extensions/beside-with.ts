import { fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApplicationFailure } from '@temporalio/common';
import type { SqliteExtension } from '../../../../config/schema/database.ts';
import type { SqliteTarget } from '../../../../config/schema/target.ts';
import type { Inspect } from '../proof/inspect.ts';

/** What the process with the extensions is asked. */
export type Asked =
  | { readonly task: 'examine' | 'integrity'; readonly target: SqliteTarget }
  | {
      readonly task: 'inspect';
      readonly request: Inspect;
      readonly extensions: readonly SqliteExtension[];
    };

/** What it answers. */
export interface Answered {
  readonly result?: unknown;
  /** Why an extension could not be loaded. */
  readonly trouble?: string;
  readonly failure?: { readonly type: string; readonly message: string; readonly final: boolean };
}

type Beside<Result> =
  | { readonly result: Result; readonly trouble?: undefined }
  | { readonly result?: undefined; readonly trouble: string };

const program = fileURLToPath(
  new URL(`extension-process${extname(import.meta.url)}`, import.meta.url),
);

/**
 * Has a database judged by a process that loads the target's extensions. It gets no secret and no variable of ours, and it ends with us. One
 * that crashes, or cannot load them, is trouble with them: it says nothing of the database.
 */
export async function besideWith<Result>(
  asked: Asked,
  signal?: AbortSignal,
): Promise<Beside<Result>> {
  const child = fork(program, {
    env: { LC_ALL: 'C' },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  });
  const end = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', end);
  try {
    const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    const heard = once(child, 'message') as Promise<[Answered]>;
    heard.catch(() => {});
    child.send(withoutSecrets(asked));
    const first = await Promise.race([heard, ended]);
    if (typeof first[0] !== 'object' || first[0] === null) {
      const [code, by] = first as [number | null, NodeJS.Signals | null];
      return {
        trouble: `the process that had loaded them ended ${by ? `by ${by}` : `with ${code}`}`,
      };
    }
    const { result, trouble, failure } = first[0];
    if (failure)
      throw failure.final
        ? ApplicationFailure.nonRetryable(failure.message, failure.type)
        : ApplicationFailure.retryable(failure.message, failure.type);
    return trouble === undefined ? { result: result as Result } : { trouble };
  } finally {
    signal?.removeEventListener('abort', end);
    end();
  }
}

/** Native code of the application hears of no more than what it judges. */
function withoutSecrets(asked: Asked): Asked {
  if (asked.task === 'inspect') return asked;
  const { database, state } = asked.target;
  return { ...asked, target: { database, state } as SqliteTarget };
}
