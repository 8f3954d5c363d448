import type { Page } from '../page.ts';
import { quoted } from '../../../config/text/quoted.ts';

/** The manifest goes last: a backup without it counts for none. */
export const sendOffsite: Page = {
  parts: ({ name, backups: { directory, offsite } }) => {
    const bucket = offsite
      ? `s3://${offsite.bucket}/${offsite.prefix === '' ? '' : `${offsite.prefix}/`}${name}`
      : 's3://BUCKET/PREFIX';
    const to = offsite?.endpoint === undefined ? '' : ` --endpoint-url ${quoted(offsite.endpoint)}`;
    return [
      {
        say: 'Choose the newest verified backup. Only an encrypted one may go: its files end in ".age"',
        type: [`runbook backups list -t ${name}`, `ls ${quoted(directory)}`, 'ID=20260105_020000'],
      },
      {
        say: 'Send its files, and its manifest last, with checksums that the server keeps. The key pair stands in the environment, as aws reads it; nothing of the same name is overwritten',
        type: [
          `for FILE in $(ls ${quoted(directory)}/$ID | grep -vx manifest.json) manifest.json; do aws s3api put-object${to} --bucket ${quoted(offsite?.bucket ?? 'BUCKET')} --key ${quoted(bucket.split('/').slice(3).join('/'))}/$ID/$FILE --body ${quoted(directory)}/$ID/$FILE --checksum-algorithm SHA256 --if-none-match '*'; done`,
        ],
      },
      {
        say: 'A file above 5 GB goes in parts, by "aws s3 cp --checksum-algorithm SHA256". Then ask the bucket what it has',
        type: [`aws s3 ls${to} ${quoted(`${bucket}/`)} --recursive`],
      },
    ];
  },
};
