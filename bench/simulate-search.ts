import { checkGates, type Gate } from '../lib/conditions/gates.ts';
import { listProbeLooks, lookAtProbe, WIDTH } from '../lib/search/probe.ts';
import { nextStep, type Probe, type SearchPlan } from '../lib/search/search.ts';
import { createRandom, type Random } from '../lib/shared/random.ts';
import { choosePercentile } from '../lib/stats/percentile-rule.ts';
import { createRunDataBuilder } from '../lib/stats/run-data.ts';
import { type GateContext, judgeGates } from '../lib/verdict/judge-gates.ts';
import { exampleRecord } from '../tests/fixtures/example-record.ts';

// Prints how often the limit that a search finds holds the true one, and what it costs beside evalscope's bisection of
// three runs a load: as it is, and with as many requests a run as make 95 % of its answers lie within the search's width.
// The arguments: searches a case, and the first seed. The rule's numbers were chosen on seeds from 100001 on.
const TRIALS = Number(process.argv[2] ?? 100);
const FIRST_SEED = Number(process.argv[3] ?? 1);

/** A service whose TTFT grows with the load, and whose requests hang together in time. */
interface Service {
  readonly name: string;
  /** 0 to 1, of each request with the one before. */
  readonly correlation: number;
  readonly spread: number;
  readonly gate: string;
  /** Of the gate's number at one load over its centre, `100 (1 + load / 40)` ms. */
  readonly factor: number;
}

const spread = 0.25;
const p99 = Math.exp(2.3263 * spread);
const SERVICES: readonly Service[] = [
  { name: 'p99, independent', correlation: 0, spread, gate: 'p99(ttft)<LIMIT', factor: p99 },
  { name: 'p99, correlation 0.5', correlation: 0.5, spread, gate: 'p99(ttft)<LIMIT', factor: p99 },
  {
    name: 'p90, correlation 0.5',
    correlation: 0.5,
    spread,
    gate: 'p90(ttft)<LIMIT',
    factor: Math.exp(1.28155 * spread),
  },
  {
    name: 'mean, correlation 0.5',
    correlation: 0.5,
    spread,
    gate: 'avg(ttft)<LIMIT',
    factor: Math.exp(spread ** 2 / 2),
  },
];

const CONTEXT: GateContext = {
  percentile: choosePercentile('nearest-rank'),
  unfinishedRequests: 0,
  droppedIterations: 0,
};
const centre = (load: number): number => 100 * (1 + load / 40);

console.log(
  "| gate | holds the truth | width | requests | of evalscope's | spread of its answers | of its requests at the same width | spread of its answers then |\n|---|---|---|---|---|---|---|---|",
);
for (const service of SERVICES) {
  let held = 0;
  let requests = 0;
  const widths: number[] = [];
  for (let trial = 0; trial < TRIALS; trial++) {
    const random = createRandom(FIRST_SEED + trial);
    const { gates, exact } = drawLimit(service, random);
    const found = search(service, gates, random);
    requests += found.requests;
    const upper = found.high ?? Number.POSITIVE_INFINITY;
    const isHeld = (found.low ?? 0) <= exact && exact < upper;
    held += Number(isHeld);
    widths.push(upper / (found.low ?? 1) - 1);
  }
  const percent = (value: number): string => `${(100 * value).toFixed(0)} %`;
  const width = quantile(widths, 0.5);
  const theirs = bisectMany(service, 2);
  const alike = bisectMany(service, 2 * (theirs.spread / width) ** 2);
  const ratio = (other: { requests: number }): string => (requests / other.requests).toFixed(2);
  const cells = [percent(held / TRIALS), percent(width), (requests / TRIALS).toFixed(0)];
  console.log(
    `| ${[service.name, ...cells, ratio(theirs), percent(theirs.spread), ratio(alike), percent(alike.spread)].join(' | ')} |`,
  );
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] as number;
}

/** A gate, and the load at which the service meets it. */
function drawLimit(service: Service, random: Random): { gates: readonly Gate[]; exact: number } {
  const truth = 20 + random.next() * 180;
  const limit = Math.round(service.factor * centre(truth));
  const { gates } = checkGates([service.gate.replace('LIMIT', String(limit))], '', (gate) => gate);
  return { gates, exact: (limit / service.factor / 100 - 1) * 40 };
}

/** Their requests, and the width within which 95 % of their answers lie, for so many requests a run and load. */
function bisectMany(service: Service, each: number): { requests: number; spread: number } {
  let requests = 0;
  const errors = Array.from({ length: TRIALS }, (_, trial) => {
    const random = createRandom(FIRST_SEED + trial);
    const { gates, exact } = drawLimit(service, random);
    const found = bisectThreeRuns(service, gates, random, each);
    requests += found.requests;
    return Math.abs(found.best + 0.5 - exact) / exact;
  });
  return { requests, spread: 2 * quantile(errors, 0.95) };
}

function search(
  service: Service,
  gates: readonly Gate[],
  random: Random,
): { low: number | null; high: number | null; requests: number } {
  const plan: SearchPlan = { first: 1, least: 1, most: 1024, whole: true, width: WIDTH };
  const probes: Probe[] = [];
  let requests = 0;
  for (;;) {
    const step = nextStep(plan, probes);
    if (step.state === 'done') return { ...step.answer, requests };
    const builder = createRunDataBuilder();
    const next = createService(service, step.load, random);
    let count = 0;
    let seen: ReturnType<typeof lookAtProbe> = { side: 'unresolved', open: [], margins: [], isOver: true };
    for (const look of listProbeLooks(step)) {
      for (; count < look; count++) builder.add(toRecord(count, next()));
      seen = lookAtProbe(step, gates, builder.build(), CONTEXT);
      if (seen.isOver) break;
    }
    requests += count;
    probes.push({ load: step.load, kind: step.kind, side: seen.side, margins: seen.margins });
  }
}

/** evalscope's auto-tune: doubling, then bisection to whole numbers; each load the mean of three runs of `each` times it. */
function bisectThreeRuns(
  service: Service,
  gates: readonly Gate[],
  random: Random,
  each: number,
): { best: number; requests: number } {
  let requests = 0;
  const passes = (load: number): boolean => {
    const means = [0, 1, 2].map(() => {
      const builder = createRunDataBuilder();
      const next = createService(service, load, random);
      const number = Math.max(1, Math.round(each * load));
      for (let i = 0; i < number; i++) builder.add(toRecord(i, next()));
      requests += number;
      return judgeGates(gates, builder.build(), CONTEXT)[0]?.value ?? 0;
    });
    return means.reduce((sum, value) => sum + value, 0) / 3 < (gates[0]?.limit ?? 0);
  };
  let low = 0;
  let high = 1;
  while (passes(high)) {
    low = high;
    high *= 2;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (passes(middle)) low = middle;
    else high = middle;
  }
  return { best: low, requests };
}

function createService({ correlation, spread: sd }: Service, load: number, random: Random): () => number {
  let state = random.normal();
  const innovation = Math.sqrt(1 - correlation ** 2);
  return () => {
    state = correlation * state + innovation * random.normal();
    return centre(load) * Math.exp(sd * state);
  };
}

function toRecord(index: number, ttft: number): ReturnType<typeof exampleRecord> {
  return exampleRecord({ index, start_ms: index * 10, end_ms: index * 10 + ttft, ttft_ms: ttft, chunk_gaps_ms: [] });
}
