import { application } from './application.ts';
import { data } from './data.ts';
import { engine } from './engine.ts';
import { host } from './host.ts';
import { people } from './people.ts';
import { secrets } from './secrets.ts';
import type { Rows } from './rows.ts';

/** What each activity takes. One without a row does not compile. */
export const argumentsByType: Rows = {
  ...application,
  ...data,
  ...engine,
  ...host,
  ...people,
  ...secrets,
};
