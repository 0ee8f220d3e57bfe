import { listApis } from '../../lib/api/apis.ts';
import { renderMarkdownTable } from '../../lib/shared/escape-markdown.ts';

/** What docs/apis.md says of each API, as its file in `lib/api/` has it. */
export function renderApiTable(): string {
  const header = ['`--api`', 'Path', 'Key, where `API_KEY` gives none', 'Fields of the body that settings fill'];
  const rows = listApis().map(({ name, path, keyVariable, fields }) => [
    `\`${name}\``,
    `\`${path}\``,
    `\`${keyVariable}\``,
    Object.values(fields)
      .map((field) => `\`${field}\``)
      .join(', '),
  ]);
  return renderMarkdownTable(header, rows);
}
