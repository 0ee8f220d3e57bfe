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
