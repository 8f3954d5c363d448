import { send } from '../../../../src/activities/offsite/send/send.ts';

// A process of its own, to be killed: node send.ts '<target as JSON>'
process.stdout.write(
  `${JSON.stringify(await send(JSON.parse(process.argv[2]!), 'send-offsite/test/by-another'))}\n`,
);
