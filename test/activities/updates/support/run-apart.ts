import { apart } from '../../../../src/activities/updates/apart/apart.ts';

/** A process of its own, to be killed: node run-apart.ts <name> <command...>. Prints how the job ended. */
const [name = '', ...command] = process.argv.slice(2);
const { code, output } = await apart(name, command, { LC_ALL: 'C' }, 60_000);
process.stdout.write(`${JSON.stringify({ code, output })}\n`);
