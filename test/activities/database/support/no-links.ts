/** Loaded with --import: there are no hard links, as on FAT and on some network file systems. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

fs.linkSync = (file) => {
  throw Object.assign(new Error(`EPERM: operation not permitted, link '${String(file)}'`), {
    code: 'EPERM',
  });
};
syncBuiltinESMExports();
