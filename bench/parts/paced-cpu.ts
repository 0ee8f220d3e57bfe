import { runToEnd, type Server, startServer } from '../support/child.ts';
import { type BenchContext, built, type Figure, type Part, type Subject, subjects } from '../support/context.ts';
import { formatRatio, measurePairs, median, summarizeRatios } from '../support/pairs.ts';

const STREAMS = 200;
const TOKENS_PER_S = 100;
const AIM = 1.25;

/** CPU of a whole run at a pace as servers have it: a bundle that measures against a script that only counts. */
export const measurePacedCpu: Part = async (context) => {
  const seconds = context.quick ? 3 : 10;
  const paced = await startServer(built(context).script('source'), ['paced', TOKENS_PER_S * seconds]);
  // The same with nothing to read: what starting and ending 200 VUs takes.
  const idle = await startServer(built(context).script('source'), ['blast', 1]);
  try {
    const figures: Figure[] = [];
    const { bundle, least } = subjects(context);
    const inNode = { ...bundle, engine: 'node', aim: AIM } as const;
    const inK6 = [{ ...bundle, engine: 'k6', aim: AIM } as const, { ...least, engine: 'k6', aim: null } as const];
    for (const subject of context.k6Path === null ? [inNode] : [...inK6, inNode]) {
      context.say(`CPU of ${STREAMS} paced streams in ${subject.engine}: ${subject.what}`);
      figures.push(await compare(context, subject, paced, idle, seconds));
    }
    return figures;
  } finally {
    await paced.stop();
    await idle.stop();
  }
};

interface PacedSubject extends Subject {
  readonly engine: 'k6' | 'node';
  readonly aim: number | null;
}

async function compare(
  context: BenchContext,
  { engine, what, script, aim }: PacedSubject,
  paced: Server,
  idle: Server,
  seconds: number,
): Promise<Figure> {
  const counter = built(context).script('count-events');
  const cpuOf = (path: string, source: Server) => measureCpu(context, engine, path, source);
  const starts = [await cpuOf(counter, idle), await cpuOf(script, idle)] as const;
  const all = await measurePairs(
    context.pairs,
    () => cpuOf(counter, paced),
    () => cpuOf(script, paced),
  );
  const net = all.map(([a, b]) => [a - starts[0], b - starts[1]] as const);
  const ratio = summarizeRatios(net.map(([a, b]) => b / a));
  const withStart = summarizeRatios(all.map(([a, b]) => b / a));
  const cores = [0, 1].map((i) => median(net.map((pair) => pair[i] as number)) / (seconds * 1000));
  return {
    part: 'paced',
    name: `${engine}, ${STREAMS} streams of ${TOKENS_PER_S} tokens/s: CPU of ${what} over counting events`,
    value: formatRatio(ratio),
    detail:
      `${cores[1]?.toFixed(2)} against ${cores[0]?.toFixed(2)} of a core; start of the VUs taken off ` +
      `(with it ${withStart.median.toFixed(2)})`,
    ...(aim === null ? {} : { aim: { text: `at most ${aim}`, reached: ratio.median <= aim } }),
    values: { ratio, ratio_with_start: withStart, floor_cores: cores[0], cores: cores[1], start_cpu_ms: starts },
  };
}

async function measureCpu(
  context: BenchContext,
  engine: 'k6' | 'node',
  script: string,
  { url }: Server,
): Promise<number> {
  const env = {
    URL: `${url}/v1/chat/completions`,
    MODEL: 'bench',
    NUMBER: String(STREAMS),
    PARALLEL: String(STREAMS),
    NO_TEST_CONNECTION: 'true',
  };
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const command =
    engine === 'k6'
      ? [context.k6Path as string, 'run', '--quiet', '--log-format', 'raw', script]
      : [process.execPath, built(context).script('engine'), script, ...settings, 'WARM_UP=false'];
  return (await runToEnd(command, engine === 'k6' ? env : {})).cpuMs;
}
