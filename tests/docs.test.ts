import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { command as runCommand } from '../lib/cli/commands/run-command.ts';
import { runCli } from '../lib/cli/run-cli.ts';
import { parseRegressionGates } from '../lib/conditions/differences.ts';
import { checkGates } from '../lib/conditions/gates.ts';
import { PARAMETERS } from '../lib/config/parameters.ts';
import { DATASETS } from '../lib/dataset/registry.ts';
import { SAMPLE_METRICS } from '../lib/metrics/sample-metrics.ts';
import { EXIT_CODES } from '../lib/shared/errors.ts';
import { renderMarkdownTable } from '../lib/shared/escape-markdown.ts';
import { FAILURE_KINDS } from '../lib/shared/failure-kinds.ts';
import { renderApiTable } from './support/api-table.ts';
import { findBrokenLinks, findInCode, listBlocks, listCode, listFiles, readDocs } from './support/docs.ts';
import { describeSummaryNumbers, describeTimings, renderMetricTables } from './support/metric-tables.ts';
import { renderParameterTables } from './support/parameter-tables.ts';
import { renderApiShapeTable, renderShapeTable } from './support/shape-table.ts';

/** Flags of other programs that the documents name: k6, npm, kubectl, curl, xk6, vLLM; and those of the benchmarks. */
const FOREIGN_FLAGS = [
  ...['local-execution', 'stream-interval'],
  ...['out', 'tag', 'execution-requirements', 'execution-segment', 'secret-source'],
  ...['no-audit', 'no-fund', 'no-save'],
  ...['from-file', 'from-literal', 'for', 'timeout'],
  ...['silent', 'retry', 'retry-delay', 'retry-connrefused'],
  'with',
  'web',
  ...['part', 'quick', 'against', 'slice', 'stat', 'console-output', 'log-format', 'summary-mode', 'log-output'],
];
/** What every line of ours begins with, which is not a metric. */
const FIRST_KEY = 'llm_perf';
/** Variables of other programs, and of the examples themselves. */
const FOREIGN_VARIABLES = [
  ...[
    'K6_AUTO_EXTENSION_RESOLUTION',
    'K6_ENABLE_COMMUNITY_EXTENSIONS',
    'K6_NO_USAGE_REPORT',
    'K6_CONSOLE_OUTPUT',
    'K6_LOG_FORMAT',
  ],
  ...['K6_WEB_DASHBOARD', 'K6_WEB_DASHBOARD_PERIOD', 'K6_WEB_DASHBOARD_EXPORT', 'XK6_DASHBOARD_CONFIG'],
  ...['K6_PROMETHEUS_RW_SERVER_URL', 'K6_PROMETHEUS_RW_TREND_STATS'],
  ...['K6_OTEL_EXPORTER_PROTOCOL', 'K6_OTEL_EXPORTER_TYPE', 'K6_OTEL_METRIC_PREFIX'],
  ...['K6_OTEL_HTTP_EXPORTER_ENDPOINT', 'K6_OTEL_HTTP_EXPORTER_INSECURE'],
  ...['POD_NAME', 'LLM_URL', 'LLM_MODEL', 'LLM_API_KEY', 'K6_LLM_PERF'],
  ...['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS', 'CHROMIUM_BIN', 'UPDATE_DOCS'],
];
/** Files of the reader's own. */
const EXAMPLE_FILES = ['prompts.jsonl', 'open_qa.jsonl', 'LongAlpaca-12k.json'];

const DOCS = readDocs();
const SOURCE = listFiles('lib')
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n');

/** What a command prints. */
async function printed(args: readonly string[]): Promise<string> {
  let text = '';
  const sink = { write: (piece: string) => (text += piece) };
  const listen = (): void => undefined;
  const exit = (code: number): never => {
    throw new Error(`exit ${code}`);
  };
  await runCli(args, { stdout: sink, stderr: sink, env: {}, cwd: () => '.', on: listen, off: listen, exit });
  return text;
}

let commands: string[] = [];
let flags: Set<string>;

beforeAll(async () => {
  const overview = await printed(['help']);
  commands = [...overview.matchAll(/^ {2}([a-z][a-z-]*) {2,}\S/gm)].map(([, name]) => name as string);
  const helps = await Promise.all(commands.map((command) => printed([command, '--help'])));
  const shown = helps.flatMap((help) => [...help.matchAll(/--([a-z][a-z0-9-]*)/g)].map(([, flag]) => flag as string));
  flags = new Set([...shown, ...PARAMETERS.flatMap(({ aliases = [] }) => aliases), 'help', 'version']);
});

/** A part of a document that is generated; `UPDATE_DOCS=1 npx vitest run tests/docs.test.ts` writes it. */
function expectTable(path: string, table: string, name = 'parameters'): void {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const text = readFileSync(path, 'utf8');
  const [before = '', rest = ''] = text.split(start);
  const [between = '', after = ''] = rest.split(end);
  if (process.env['UPDATE_DOCS'] !== undefined) {
    writeFileSync(path, `${before}${start}\n${table}\n${end}${after}`);
    return;
  }
  expect(between.trim(), `${path}: run UPDATE_DOCS=1 npx vitest run tests/docs.test.ts`).toBe(table);
}

describe('the READMEs', () => {
  it('give the same commands in both languages', () => {
    const [english, chinese] = ['README.md', 'README.zh.md'].map((path) =>
      listBlocks(readFileSync(path, 'utf8'))
        .filter(({ language }) => ['sh', 'ts', 'yaml'].includes(language))
        .map(({ code }) => code.replace(/ *(#|\/\/) .*$/gm, '')),
    );
    expect(english?.length).toBeGreaterThan(5);
    expect(chinese).toEqual(english);
  });

  it.each(['README.md', 'README.zh.md'])('name every exit code of ours: %s', (path) => {
    const codes = [...readFileSync(path, 'utf8').matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(codes).toEqual(expect.arrayContaining(Object.values(EXIT_CODES)));
  });
});

describe('docs/parameters.md', () => {
  it('has every parameter as the code has it', () => {
    expectTable('docs/parameters.md', renderParameterTables());
  });

  it('has every setting of the command line alone', () => {
    const own = runCommand.help.flags.filter(({ env }) => !PARAMETERS.some((parameter) => parameter.env === env));
    const rows = own.map(({ flag, env, help }) => [`\`--${flag}\``, `\`${env}\``, help]);
    expectTable('docs/parameters.md', renderMarkdownTable(['Flag', 'Environment', 'Meaning'], rows), 'own-flags');
  });

  it('has every dataset, and the READMEs name its script', () => {
    const header = ['Script', 'Prompts without `DATASET_PATH`', 'Format of the file that `DATASET_PATH` names'];
    const rows = DATASETS.map(({ name, content, written }) => [`\`dist/${name}.js\``, content, written]);
    expectTable('docs/parameters.md', renderMarkdownTable(header, rows), 'datasets');
    for (const path of ['README.md', 'README.zh.md']) {
      const text = readFileSync(path, 'utf8');
      expect(DATASETS.filter(({ name }) => !text.includes(`dist/${name}.js`))).toEqual([]);
    }
  });
});

describe('docs/apis.md', () => {
  it('has every API as the code has it', () => {
    expectTable('docs/apis.md', renderApiTable(), 'apis');
  });
});

interface Schema {
  readonly $defs: Readonly<
    Record<string, { readonly properties: Readonly<Record<string, object>>; readonly required: readonly string[] }>
  >;
}

/** Holds a part of the schema to what the code has of it; `UPDATE_DOCS=1` writes it. */
function expectInSchema<Part extends object>(pick: (schema: Schema) => Part, make: (part: Part) => object): void {
  const path = 'docs/summary.schema.json';
  const schema = JSON.parse(readFileSync(path, 'utf8')) as Schema;
  const part = pick(schema);
  const made = { ...part, ...make(part) };
  if (process.env['UPDATE_DOCS'] !== undefined) {
    Object.assign(part, made);
    writeFileSync(path, `${JSON.stringify(schema, null, 2)}\n`);
  }
  expect(part, `${path}: run UPDATE_DOCS=1 npx vitest run tests/docs.test.ts && npm run format`).toEqual(made);
}

describe('docs/metrics.md', () => {
  it.each(Object.entries(renderMetricTables()))('has the table of %s as the code has it', (name, table) => {
    expectTable('docs/metrics.md', table, name);
  });
});

describe('docs/summary.schema.json', () => {
  it.each([
    ['intervals', { $ref: '#/$defs/interval' }],
    ['steadyState', { type: ['number', 'null'] }],
  ])('has the metrics of %s as the code has them', (part, value) => {
    expectInSchema(
      ({ $defs }) => $defs[part]?.properties['timings'] as object,
      () => describeTimings(value),
    );
  });

  it('has the numbers that the table of metrics gives every summary', () => {
    const numbers = describeSummaryNumbers();
    expectInSchema(
      ({ $defs }) => $defs['summary'] as Schema['$defs'][string],
      ({ properties, required }) => ({
        properties: { ...properties, ...numbers },
        required: [...new Set([...required, ...Object.keys(numbers)])],
      }),
    );
  });
});

describe('docs/failures.md', () => {
  it('has a row for every kind of failure, and for nothing else', () => {
    const [kinds = ''] = readFileSync('docs/failures.md', 'utf8').split('<!-- shapes:start -->');
    const rows = [...kinds.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, kind]) => kind);
    expect(rows).toEqual([...FAILURE_KINDS]);
  });

  it('has the table of shapes as the mock makes them and as the test expects them', () => {
    expectTable('docs/failures.md', renderShapeTable(), 'shapes');
    expectTable('docs/failures.md', renderApiShapeTable(), 'api-shapes');
  });
});

describe.each(DOCS.map((doc) => [doc.path, doc] as const))('%s', (_, doc) => {
  it('has no relative link that leads nowhere', () => {
    expect(findBrokenLinks(doc)).toEqual([]);
  });

  it('names npm scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    const named = findInCode(doc, /npm run (?:--silent )?([a-z][a-z:-]*)/g);
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  it('names commands that exist', () => {
    expect(commands).toContain('run');
    const named = findInCode(doc, /\bk6-llm-perf +([a-z][a-z-]*)/g);
    expect(named.filter((name) => !commands.includes(name))).toEqual([]);
  });

  it('names flags that exist', () => {
    const named = findInCode(doc, /(?<![\w-])--([a-z][a-z0-9-]*)/g);
    expect(named.filter((flag) => !flags.has(flag) && !FOREIGN_FLAGS.includes(flag))).toEqual([]);
  });

  it('shows gates, and limits on differences, that can be read', () => {
    const gates = findInCode(doc, /--gate '([^']+)'/g);
    const differences = findInCode(doc, /--fail-on '([^']+)'/g);
    expect(checkGates(gates, '--gate', (gate) => gate).problems).toEqual([]);
    expect(parseRegressionGates(differences).problems).toEqual([]);
  });

  it('names environment variables that somebody reads', () => {
    const known = [
      ...PARAMETERS.flatMap(({ env, envFallbacks = [] }) => [env, ...envFallbacks]),
      ...runCommand.help.flags.map(({ env }) => env),
      ...FOREIGN_VARIABLES,
    ];
    const named = [
      ...findInCode(doc, /(?<![\w-])-e ([A-Z][A-Z0-9_]*)=/g),
      ...findInCode(doc, /(?<![\w])([A-Z][A-Z0-9]*_[A-Z0-9_]+)\b/g),
    ];
    expect(named.filter((name) => !known.includes(name) && !SOURCE.includes(`'${name}'`))).toEqual([]);
  });

  it('names metrics that a script makes', () => {
    const made: readonly (string | undefined)[] = SAMPLE_METRICS.map(({ name }) => name);
    expect(made).toContain('llm_ttft');
    expect(findInCode(doc, /\b(llm_[a-z_]+)\b/g).filter((name) => !made.includes(name) && name !== FIRST_KEY)).toEqual(
      [],
    );
  });

  it('names files and folders that exist', () => {
    const named = findInCode(
      doc,
      /(?<![\w./-])((?:lib|scripts|dist|docs|tests|thresholds|datasets|deploy|bench|\.github)\/[\w./*-]*)/g,
    );
    const missing = named
      .filter((path) => !path.includes('NAME'))
      .filter((path) => (path.includes('*') ? listFiles(dirname(path)).length === 0 : !existsSync(path)));
    expect(missing).toEqual([]);
  });

  it('names results files that the code writes', () => {
    const spans = listCode(doc).filter((code) => /^[\w.-]+\.(json|jsonl|db|html|md|txt|csv)$/.test(code));
    const shipped = [...listFiles('datasets'), ...listFiles('thresholds')].map((path) => basename(path));
    const unknown = spans.filter(
      (name) => !existsSync(name) && !EXAMPLE_FILES.includes(name) && !shipped.includes(name) && !SOURCE.includes(name),
    );
    expect(unknown).toEqual([]);
  });
});
