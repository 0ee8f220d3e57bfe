import { createColors } from 'picocolors';
import type { RunConfig } from '../../config/parameters.ts';
import type { Paint } from '../../report/text/paint.ts';
import type { ReportView } from '../../report/text/render-report.ts';
import { columnsOf } from './fit-terminal.ts';
import type { Output } from './output.ts';

/** How results look where they go: on a terminal the main tables, as wide as it is, in colour; else all, as they are. */
export interface View extends ReportView {
  readonly paint: Paint;
}

export function chooseView(
  { stdout, env }: { readonly stdout: Output['stdout']; readonly env: Readonly<Record<string, string | undefined>> },
  asked: RunConfig['tables'],
): View {
  const isTerminal = stdout.isTTY === true;
  const columns = columnsOf(stdout);
  return {
    tables: chooseTables(stdout, asked),
    ...(columns === undefined ? {} : { columns }),
    paint: createPaint(isTerminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb'),
  };
}

export function chooseTables({ isTTY }: Output['stdout'], asked: RunConfig['tables']): View['tables'] {
  return asked ?? (isTTY === true ? 'main' : 'all');
}

function createPaint(isColoured: boolean): Paint {
  const { green, yellow, red, dim } = createColors(isColoured);
  const tones = { good: green, doubt: yellow, bad: red, label: dim };
  return (tone, text) => tones[tone](text);
}
