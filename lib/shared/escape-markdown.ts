import { escapeText } from './escape-text.ts';

/** Text from outside as text: no markup, no links, no mentions, and no way out of a table's cell. */
export function escapeMarkdown(text: string): string {
  return escapeText(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_{}[\]()#!|~$]/g, '\\$&')
    .replace(/@/g, '&#64;')
    .replace(/:\/\//g, ':&#47;&#47;');
}

/** A code span in a table: a bar would end the cell, and a backtick the span. */
export function formatCode(text: string): string {
  return `\`${escapeText(text).replace(/`/g, "'").replace(/\|/g, '\\|')}\``;
}

export function renderMarkdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
