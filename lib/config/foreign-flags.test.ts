import { describe, expect, it } from 'vitest';
import { SEARCH_FLAGS } from '../search/search-flags.ts';
import { formatProblems } from '../shared/errors.ts';
import { SWEEP_FLAGS } from '../sweep/sweep-flags.ts';
import { DATASET_ARGS_FLAGS } from './dataset-args.ts';
import { FOREIGN_FLAGS } from './foreign-flags.ts';
import { parseFlags } from './node-flags.ts';
import { PARAMETERS } from './parameters.ts';
import { PROMPT_FLAGS } from './prompt-flags.ts';

const OURS = PARAMETERS.flatMap(({ flag, aliases = [], short, type }) => [
  ...[flag, ...aliases].map((name) => `--${name}`),
  ...(type.arity === 'switch' ? [`--no-${flag}`] : []),
  ...(short === undefined ? [] : [`-${short}`]),
]);

describe('flags of other tools', () => {
  it('are at least 150, of each of the six tools, each once and none of ours', () => {
    expect(FOREIGN_FLAGS.length).toBeGreaterThanOrEqual(150);
    for (const tool of ['evalscope', 'vLLM', 'guidellm', 'aiperf', 'oha', 'k6']) {
      expect(FOREIGN_FLAGS.filter(({ tools }) => tools.split(', ').includes(tool)).length, tool).toBeGreaterThan(10);
    }
    const flags = FOREIGN_FLAGS.map(({ flag }) => flag);
    expect(new Set(flags).size).toBe(flags.length);
    expect(flags.filter((flag) => OURS.includes(flag))).toEqual([]);
  });

  it('are all answered at once, each with its own answer and none with the nearest name', () => {
    const { problems } = parseFlags(FOREIGN_FLAGS.flatMap(({ flag }) => [flag, '7']));
    expect(problems.map(({ key, allowed }) => [key, allowed])).toEqual(
      FOREIGN_FLAGS.map(({ flag, answer }) => [flag, answer]),
    );
    expect(formatProblems(problems)).not.toContain('did you mean');
  });

  it.each(FOREIGN_FLAGS.map((row) => [row.flag, row] as const))(
    '%s has an answer in the words of one of three',
    (_, row) => {
      expect(row.answer).toMatch(/^use --|(is|are) not yet supported|^no counterpart, because /);
      expect(row.answer.length).toBeLessThanOrEqual(110);
    },
  );

  it('are answered with lines that are right here', () => {
    for (const { flag, paste } of FOREIGN_FLAGS) {
      if (paste === null || paste.startsWith('-- ')) continue;
      const words = [...paste.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? (plain as string));
      const { problems, positionals } = parseFlags(words, [
        ...DATASET_ARGS_FLAGS,
        ...PROMPT_FLAGS,
        ...SEARCH_FLAGS,
        ...SWEEP_FLAGS,
      ]);
      expect([flag, problems, positionals]).toEqual([flag, [], []]);
    }
  });

  it('keep their number, and no other value, which may be a key', () => {
    const paste = (...args: string[]): unknown => parseFlags(args).problems.map((problem) => problem.paste);
    expect(paste('--vus', '4', '--iterations=12', '-c', '3', '-u2')).toEqual([
      ...['--parallel 4', '--number 12', '--parallel 3', '--parallel 2'],
    ]);
    expect(paste('--vus', 'sk-4', '--tag', '4', '--stage', '9')).toEqual([
      ...['--parallel 8', '-- --tag team=search', '--stages 1@30s,8@1m'],
    ]);
  });

  it('are answered in every form, and only where a run is asked for', () => {
    const answer = (...args: string[]): unknown => parseFlags(args).problems.map(({ allowed }) => allowed);
    for (const args of [
      ['--concurrency', '8'],
      ['--concurrency=8'],
      ['\u2014concurrency', '8'],
      ['-c', '8'],
      ['-c8'],
    ]) {
      expect(answer(...args)).toEqual(['use --parallel']);
    }
    expect(parseFlags(['--concurrency', '8'], [], []).problems[0]?.allowed).toBe('the flags that --help lists');
  });

  it('sends nobody away for what is there by now', () => {
    const answer = (...args: string[]): unknown => parseFlags(args).problems.map(({ allowed }) => allowed);
    expect(answer('--probe-request-rate', '2')).toEqual(['use --probe-rate']);
    expect(answer('--stage', '30s:8')).toEqual(['use --stages; the first one holds its number']);
    expect(answer('--max-global-error-rate', '0.1')).toEqual(['use --max-error-rate']);
    expect(answer('--random-batch-size', '8')).toEqual(['use --batch-size; of embedding']);
  });

  it('reads like this', () => {
    expect(
      formatProblems(
        parseFlags(['--concurrency', '16', '--prefill-concurrency=4', '--max-seconds', '30', '--num-workers', '2'])
          .problems,
      ),
    ).toBe(`4 problems with the configuration:
  --concurrency: got a flag of aiperf
    allowed: use --parallel
    try:     --parallel 16
  --prefill-concurrency: got a flag of aiperf
    allowed: a limit on requests without a first token is not yet supported
    try:     k6-llm-perf run --help
  --max-seconds: got a flag of guidellm
    allowed: use --duration
    try:     --duration 30s
  --num-workers: got a flag of evalscope
    allowed: no counterpart, because k6 and Node have no worker processes to set
    try:     k6-llm-perf run --help`);
  });
});
