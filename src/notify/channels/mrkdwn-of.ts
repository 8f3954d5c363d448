import type { Token } from 'markdown-it';
import { markdownReader } from './markdown.ts';

/** Slack itself makes links of addresses. */
const markdown = markdownReader(false);

/** Markdown in Slack's own notation. What Slack would take for a mention in text from outside stays text. */
export function mrkdwnOf(text: string): string {
  let quotes = 0;
  const numbers: (number | undefined)[] = [];
  const lines: string[] = [];
  let marker = '';
  for (const token of markdown.parse(text, {})) {
    if (token.type === 'blockquote_open') quotes += 1;
    else if (token.type === 'blockquote_close') quotes -= 1;
    else if (token.type === 'bullet_list_open') numbers.push(undefined);
    else if (token.type === 'ordered_list_open') numbers.push(Number(token.attrGet('start') ?? 1));
    else if (token.type.endsWith('_list_close')) numbers.pop();
    else if (token.type === 'list_item_open') marker = markerOf(numbers);
    else if (token.type === 'paragraph_close' && numbers.length === 0) lines.push('');
    const block = blockOf(token);
    if (block === undefined) continue;
    const quote = quotes > 0 ? '> ' : '';
    lines.push(...`${marker}${block}`.split('\n').map((line) => `${quote}${line}`));
    marker = '';
  }
  return lines.join('\n').trim();
}

/** Slack reads these three as its own: https://docs.slack.dev/messaging/formatting-message-text */
export function plain(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function markerOf(numbers: (number | undefined)[]): string {
  const indent = '    '.repeat(Math.max(numbers.length - 1, 0));
  const number = numbers.at(-1);
  if (number === undefined) return `${indent}• `;
  numbers[numbers.length - 1] = number + 1;
  return `${indent}${number}. `;
}

function blockOf({ type, content, children }: Token): string | undefined {
  if (type === 'inline') return (children ?? []).map(textOf).join('');
  if (type === 'fence' || type === 'code_block') return `\`\`\`\n${plain(content)}\`\`\``;
  return type === 'hr' ? '———' : undefined;
}

const marks: Readonly<Record<string, string>> = {
  strong_open: '*',
  strong_close: '*',
  em_open: '_',
  em_close: '_',
  s_open: '~',
  s_close: '~',
  softbreak: '\n',
  hardbreak: '\n',
};

function textOf(token: Token): string {
  if (token.type === 'code_inline') return `\`${plain(token.content)}\``;
  return marks[token.type] ?? plain(token.content);
}
