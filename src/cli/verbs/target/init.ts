import { basename, resolve } from 'node:path';
import { Command } from 'commander';
import { plainText } from '../../../config/text/plain-text.ts';
import { UsageError } from '../../../config/usage-error.ts';
import { positive } from '../../input/positive.ts';
import { print, printJson, say } from '../../output/say.ts';

interface Options {
  readonly service?: string;
  readonly pid?: number;
  readonly output?: string;
  readonly json?: boolean;
}

const AFTER_HELP = `
It looks at what runs now: the project's containers or the processes of the
directory, their ports, the SQLite databases, logs and Redis that they use. Each line
that it cannot know has a question. It changes nothing, and overwrites nothing.

Examples:
  runbook target init /srv/shop                          read it first
  runbook target init /srv/shop --output targets/shop.yaml
  runbook target check targets/shop.yaml`;

export const init = () =>
  new Command('init')
    .description("Write a target's file from an application that runs")
    .argument('[directory]', 'where it runs', '.')
    .option('--service <service>', 'which service of its Compose project it is')
    .option('--pid <pid>', 'which process it is', positive)
    .option('--output <file>', 'where to write it (default: print it)')
    .option('--json', 'print one JSON object: text and questions')
    .addHelpText('after', AFTER_HELP)
    .action(async (place: string, { service, pid, output, json }: Options) => {
      const { findApplication } = await import('../../local/init/find-application.ts');
      const { learntOf, nameFor } = await import('../../local/init/learnt.ts');
      const { targetYaml } = await import('../../local/init/target-yaml.ts');
      const directory = resolve(place);
      const asked = output === undefined ? undefined : nameOf(output);
      const found = await findApplication(directory, {
        ...(service !== undefined && { service }),
        ...(pid !== undefined && { pid }),
      });
      const name = asked ?? nameFor(found.directory);
      const { text, questions } = targetYaml(found, await learntOf(found, name));
      if (output !== undefined) await write(resolve(output), text);
      if (json)
        return printJson({ name, text, questions, ...(output !== undefined && { output }) });
      if (output === undefined) return print(plainText(text).trimEnd());
      print(resolve(output));
      for (const question of questions) say(`? ${plainText(question)}`);
      say(`Answer them in the file. Try: runbook target check ${output}`);
    });

/** A target is called as its file. Error: `UsageError`. */
function nameOf(output: string): string {
  const name = basename(output, '.yaml');
  if (output.endsWith('.yaml') && /^[a-z][a-z0-9-]*$/.test(name)) return name;
  throw new UsageError(
    `Cannot write "${output}": Expected a name of lower case letters, digits and dashes, and .yaml`,
    '--output targets/shop.yaml',
  );
}

async function write(file: string, text: string): Promise<void> {
  const { writeText } = await import('../../local/init/write-text.ts');
  try {
    writeText(file, text);
  } catch (error) {
    const { message, type } = error as Error & { type?: string };
    if (type === 'InvalidInput') throw new UsageError(message, '--output <another file>');
    throw error;
  }
}
