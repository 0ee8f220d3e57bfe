import { GROUPS } from '../../lib/config/parameter.ts';
import { PARAMETERS } from '../../lib/config/parameters.ts';
import { showDefault } from '../../lib/config/render-help.ts';
import { renderMarkdownTable } from '../../lib/shared/escape-markdown.ts';

/** The settings as Markdown tables, one a group, for docs/parameters.md; ends without a line feed. */
export function renderParameterTables(): string {
  return GROUPS.map((group) => {
    const header = ['Flag', 'Environment', 'Default', 'Allowed', 'Meaning'];
    const rows = PARAMETERS.filter((parameter) => parameter.group === group).map((parameter) => [
      `\`--${parameter.flag}\`${parameter.short === undefined ? '' : `, \`-${parameter.short}\``}`,
      [parameter.env, ...(parameter.envFallbacks ?? [])].map((name) => `\`${name}\``).join(', else '),
      parameter.defaultText ?? (showDefault(parameter) === 'none' ? 'none' : `\`${showDefault(parameter)}\``),
      parameter.type.allowed,
      parameter.help,
    ]);
    return `### ${group}\n\n${renderMarkdownTable(header, rows)}`;
  }).join('\n\n');
}
