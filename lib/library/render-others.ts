import { isObject, type JsonObject } from '../shared/json.ts';

const NAME_WIDTH = 26;
const WIDTH = 79;

/**
 * What k6 measured beside our metrics, as its own summary has it: the checks, each with what passed, and a line a metric. At most
 * 80 columns wide; empty where there is nothing.
 *
 * @param data what `handleSummary` gets
 */
export function renderOthers(data: unknown, ours: readonly string[]): string {
  if (!isObject(data) || !isObject(data['metrics'])) return '';
  const isOurs = (name: string): boolean => ours.includes(name.replace(/\{.*$/, ''));
  const metrics = Object.entries(data['metrics']).flatMap(([name, metric]) =>
    isOurs(name) || !isObject(metric) || !isObject(metric['values'])
      ? []
      : renderMetric(name, metric, metric['values']),
  );
  const checks = isObject(data['root_group']) ? renderChecks(data['root_group']) : [];
  return [renderBlock('Checks', checks), renderBlock('Other metrics', metrics)].join('');
}

function renderBlock(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `\n${title}\n${lines.map((line) => `${cut(`  ${line}`)}\n`).join('')}`;
}

function renderChecks(group: JsonObject, path = ''): string[] {
  const own = listObjects(group['checks']).map(({ name, passes, fails }) => {
    const failed = Number(fails);
    const of = Number(passes) + failed;
    return `${failed === 0 ? '✓' : '✗'} ${path}${name}: ${failed === 0 ? `${of} passed` : `${failed} of ${of} failed`}`;
  });
  const inner = listObjects(group['groups']).flatMap((each) => renderChecks(each, `${path}${each['name']} › `));
  return [...own, ...inner];
}

/** k6 has them as a list, or by their names. */
function listObjects(value: unknown): JsonObject[] {
  return Object.values((value ?? {}) as object).filter(isObject);
}

function renderMetric(name: string, { type, contains }: JsonObject, values: JsonObject): string[] {
  const number = (key: string): number => Number(values[key] ?? 0);
  const unit = contains === 'time' ? ' ms' : contains === 'data' ? ' B' : '';
  const show = (key: string): string => `${key} ${round(number(key))}`;
  const text =
    type === 'rate'
      ? `${round(number('rate') * 100)} % (${number('passes')} of ${number('passes') + number('fails')})`
      : type === 'counter'
        ? `${round(number('count'))}${unit} (${round(number('rate'))} a second)`
        : type === 'gauge'
          ? `${round(number('value'))}${unit} (min ${round(number('min'))}, max ${round(number('max'))})`
          : `${['avg', 'med', 'p(95)', 'max']
              .filter((key) => values[key] !== undefined)
              .map(show)
              .join(', ')}${unit}`;
  return [`${name.padEnd(NAME_WIDTH)} ${text}`];
}

function round(value: number): string {
  return String(Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
}

function cut(line: string): string {
  return line.length > WIDTH ? `${line.slice(0, WIDTH - 1)}…` : line;
}
