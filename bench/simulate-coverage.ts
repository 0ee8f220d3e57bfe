import type { StatisticName } from '../lib/stats/shown-statistics.ts';
import {
  type Coverage,
  type KnownRun,
  logNormalTruth,
  measureCoverage,
  measureThroughputCoverage,
  queueTruth,
} from './coverage.ts';
import { autoregressive, logNormal, queue } from './simulated-run.ts';

// Prints the tables of docs/statistics.md: how often 95 % intervals hold the truth. The argument: simulated runs a number.
const TRIALS = Number(process.argv[2] ?? 300);

/** With every gap its request's time times a noise of 20 %, gaps are log-normal too. */
const GAP_SPREAD = Math.sqrt(0.5 ** 2 + 0.2 ** 2);

const CASES: readonly (readonly [string, Omit<KnownRun, 'requests'>])[] = [
  ['independent, spread 0.5', { model: logNormal(0.5), truth: logNormalTruth(0.5) }],
  ['independent, spread 1', { model: logNormal(1), truth: logNormalTruth(1) }],
  ['autoregressive, 0.5', { model: autoregressive(0.5), truth: logNormalTruth(0.5) }],
  ['autoregressive, 0.8', { model: autoregressive(0.8), truth: logNormalTruth(0.5) }],
  ['queue at 50 %', { model: queue(0.5), truth: queueTruth(0.5) }],
  ['gaps, 20 a request', { model: logNormal(0.5), gaps: 20, truth: logNormalTruth(GAP_SPREAD) }],
];

const NAMES: readonly StatisticName[] = ['mean', 'p50', 'p90', 'p95', 'p99'];
console.log(`| times | requests | ${NAMES.join(' | ')} |\n|---|---|${NAMES.map(() => '---').join('|')}|`);
for (const [title, known] of CASES) {
  for (const requests of [30, 100, 1000, 5000]) {
    const coverage = measureCoverage({ ...known, requests }, requests > 1000 ? TRIALS / 2 : TRIALS, 1000, requests);
    const cells = NAMES.map((name) => formatCoverage(coverage[name] ?? { covered: 0, told: 0 }));
    console.log(`| ${title} | ${requests} | ${cells.join(' | ')} |`);
  }
}

console.log('\n| clients | spread | 200 requests | 800 requests |\n|---|---|---|---|');
for (const clients of [1, 8, 64]) {
  for (const spread of [0.1, 0.5]) {
    const cells = [200, 800].map((requests) =>
      formatCoverage(
        measureThroughputCoverage({ model: logNormal(spread), requests, clients }, TRIALS, 1000, requests),
      ),
    );
    console.log(`| ${clients} | ${spread} | ${cells.join(' | ')} |`);
  }
}

/** `94.7 %`, and in how many of the runs there was an interval at all where it was not in every one. */
function formatCoverage({ covered, told }: Coverage): string {
  if (told < 0.05) return '–';
  return `${(covered * 100).toFixed(1)} %${told < 1 ? ` (told ${(told * 100).toFixed(0)} %)` : ''}`;
}
