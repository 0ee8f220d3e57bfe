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

/** A Markdown table of cells that are Markdown; ends without a line feed. A bar in a cell is escaped where it is not yet. */
export function renderMarkdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.map((cell) => cell.replace(/\\?\|/g, '\\|')).join(' | ')} |`).join('\n');
}
