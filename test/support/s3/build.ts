import { buildVersitygw } from './find-versitygw.ts';

// For CI, which skips no test: node test/support/s3/build.ts
console.log(await buildVersitygw());
