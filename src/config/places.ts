import envPaths from 'env-paths';
import { environment } from './environment.ts';

/** Where what is ours lies on this machine, as its conventions have it. Nothing is created here. */
export function places() {
  const { cache, data } = envPaths('durable-runbooks', { suffix: '' });
  return {
    /** May be deleted at any time: it is made again. `RUNBOOK_CACHE` moves it. */
    cache: environment().cache ?? cache,
    /** Runs of the embedded server: deleting it forgets them. */
    data,
  };
}
