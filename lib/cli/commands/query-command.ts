import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createFlagSet, parseFlags } from '../../config/node-flags.ts';
import { choice } from '../../config/scalar-types.ts';
import { DATABASE_COLUMNS } from '../../report/database/database-row.ts';
import { QueryError, queryDatabase } from '../../report/database/node-query-database.ts';
import { formatQuery, QUERY_FORMATS } from '../../report/database/query-output.ts';
import { REQUEST_COLUMNS } from '../../report/database/request-columns.ts';
import { ConfigError } from '../../shared/errors.ts';
import { formatCount } from '../../shared/format-count.ts';
import { showPath } from '../../shared/show-word.ts';
import { wrapText } from '../../shared/wrap-text.ts';
import type { Command, CommandHelp } from '../command.ts';
import { columnsOf, forPrograms } from '../support/fit-terminal.ts';
import { CommandError } from '../support/output.ts';

const FLAGS = createFlagSet({
  format: {
    group: 'Results',
    type: choice(QUERY_FORMATS),
    default: 'table',
    example: ['csv'],
    help: 'A table to look at, or CSV or JSON with every row and every digit. Default: table.',
  },
});

const EXAMPLE = "k6-llm-perf query outputs/base/qwen2.5 'select * from requests'";

const HELP: CommandHelp = {
  usage: "k6-llm-perf query RUN 'select ...' [--format table|csv|json]",
  examples: [
    "k6-llm-perf query outputs/base/qwen2.5 'select * from requests'",
    "k6-llm-perf query benchmark_data.db 'select avg(ttft_ms) from requests'",
    "k6-llm-perf query outputs/base/qwen2.5 'select * from requests' --format csv",
  ],
  about:
    "Reads the requests of a run with SQL: one row a request, warm-up left out. Nothing is ever written. The view requests has milliseconds, the table result evalscope's columns in seconds.",
  words: [['RUN', 'A folder of results, or a SQLite file such as benchmark_data.db.']],
  flags: FLAGS.specs,
  more: [
    ...wrapText(`Columns of requests: success, ${REQUEST_COLUMNS.map(({ name }) => name).join(', ')}.`),
    ...wrapText(`Columns of result: ${Object.keys(DATABASE_COLUMNS).join(', ')}.`),
  ].join('\n'),
};

const run: Command['run'] = async (args, process) => {
  const { env, positionals, problems } = parseFlags(args, FLAGS.specs, []);
  const { format } = FLAGS.read(env, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  const [run, sql, ...more] = positionals;
  if (run === undefined || sql === undefined || more.length > 0) {
    throw new CommandError(
      `query takes a run and one quoted query, got ${formatCount(positionals.length, 'word')}\n  try: ${EXAMPLE}`,
    );
  }
  try {
    queryDatabase(findDatabase(run), sql, (result) => {
      for (const piece of formatQuery(result, format, columnsOf(process.stdout))) {
        process.stdout.write(format === 'table' ? piece : forPrograms(piece));
        if (process.stdout.errored) break;
      }
    });
  } catch (error) {
    if (error instanceof QueryError) throw new CommandError(`${error.message}\n  try: ${EXAMPLE}`);
    throw error;
  }
  return 0;
};

export const command: Command = { help: HELP, run };

/** The database of a run. @throws {CommandError} naming what there is instead */
function findDatabase(run: string): string {
  if (!existsSync(run)) throw new CommandError(`there is no ${showPath(run)}\n  try: ${EXAMPLE}`);
  if (!statSync(run).isDirectory()) return run;
  const database = join(run, 'benchmark_data.db');
  if (existsSync(database)) return database;
  const below = readdirSync(run).filter((name) => existsSync(join(run, name, 'benchmark_data.db')));
  const choices = below.map((name) => `\n  ${join(run, name)}`).join('');
  throw new CommandError(
    below.length === 0
      ? `there is no benchmark_data.db in ${showPath(run)}\n  try: ${EXAMPLE}`
      : `${showPath(run)} holds several runs, one of them can be queried:${choices}`,
  );
}
