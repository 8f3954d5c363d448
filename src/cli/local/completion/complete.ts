import type { Argument, Command, Option } from 'commander';
import { valuesOf } from './values-of.ts';

/** What a shell offers for the word that is being typed. */
export interface Candidate {
  readonly value: string;
  /** What it is, in one line. */
  readonly text: string;
}

/** A shell takes it as it stands: nothing in it is quoted, expanded or run. */
const PLAIN = /^[\w./@:+=-]+$/;

/**
 * What may follow, by the tree of commands: `words` are those after `runbook`, the last of which is being typed and may be empty. None: a
 * file, or nothing that is known here. Nobody is asked: neither Temporal nor an application.
 */
export function complete(program: Command, words: readonly string[]): Candidate[] {
  const typing = words.at(-1) ?? '';
  const { command, asked, pending } = walk(program, words.slice(0, -1));
  const found = pending ? valuesFor(pending, command) : next(command, asked, typing);
  const fitting = found.filter(({ value }) => PLAIN.test(value) && value.startsWith(typing));
  return [...new Map(fitting.map((one) => [one.value, one])).values()];
}

interface Walked {
  readonly command: Command;
  /** How many arguments of it were typed. */
  readonly asked: number;
  /** Whose value comes next. */
  readonly pending: Option | undefined;
}

function walk(program: Command, words: readonly string[]): Walked {
  let command = program;
  let asked = 0;
  let pending: Option | undefined;
  for (const word of words) {
    if (pending) {
      pending = undefined;
    } else if (word.startsWith('-')) {
      const option = command.options.find(({ long, short }) => word === long || word === short);
      pending = option && (option.required || option.optional) ? option : undefined;
    } else {
      const child = command.commands.find((one) => one.name() === word);
      asked = child ? 0 : asked + 1;
      command = child ?? command;
    }
  }
  return { command, asked, pending };
}

function next(command: Command, asked: number, typing: string): Candidate[] {
  if (typing.startsWith('-')) return optionsOf(command);
  const children = asked === 0 ? command.commands : [];
  const last = command.registeredArguments.at(-1);
  const argument = command.registeredArguments[asked] ?? (last?.variadic ? last : undefined);
  return [
    ...children.map((child) => ({ value: child.name(), text: child.description() })),
    ...(argument ? valuesFor(argument, command) : []),
  ];
}

function optionsOf(command: Command): Candidate[] {
  const shown = command.options.filter(({ hidden, long }) => !hidden && long);
  return [
    ...shown.map(({ long, description }) => ({ value: long!, text: description })),
    { value: '--help', text: 'show this help' },
  ];
}

function valuesFor(of: Option | Argument, command: Command): Candidate[] {
  if (of.argChoices) return of.argChoices.map((value) => ({ value, text: '' }));
  const name = 'attributeName' in of ? of.attributeName() : of.name();
  return valuesOf(name, `${command.parent?.name()} ${command.name()}`);
}
