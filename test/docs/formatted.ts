import { readFileSync } from 'node:fs';
import { format, type FormatConfig } from 'oxfmt';

/** A page as the formatter of this repository leaves it. */
export async function formatted(file: string, text: string): Promise<string> {
  const { overrides } = JSON.parse(readFileSync('.oxfmtrc.json', 'utf8')) as {
    overrides: readonly { options: FormatConfig }[];
  };
  const { code, errors } = await format(file, text, overrides[0]!.options);
  if (errors.length > 0) throw new Error(`Cannot format "${file}": ${errors[0]!.message}`);
  return code;
}
