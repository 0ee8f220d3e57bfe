import type { Dataset } from './dataset.ts';
import { alpaca } from './sets/alpaca.ts';
import { custom } from './sets/custom.ts';
import { embedding } from './sets/embedding.ts';
import { lineByLine } from './sets/line-by-line.ts';
import { longalpaca } from './sets/longalpaca.ts';
import { multiTurn } from './sets/multi-turn.ts';
import { openaiBatch } from './sets/openai-batch.ts';
import { openqa } from './sets/openqa.ts';
import { random } from './sets/random.ts';
import { randomEmbedding } from './sets/random-embedding.ts';
import { randomMultiTurn } from './sets/random-multi-turn.ts';
import { randomRerank } from './sets/random-rerank.ts';
import { randomVl } from './sets/random-vl.ts';
import { rerank } from './sets/rerank.ts';
import { sharegpt } from './sets/sharegpt.ts';
import { sonnet } from './sets/sonnet.ts';
import { speedBenchmark } from './sets/speed-benchmark.ts';
import { trace } from './sets/trace.ts';

/** Every dataset, by name. Not for k6 scripts: each of them brings its own dataset along, and no other's readers. */
export const DATASETS = [
  alpaca(),
  custom(),
  embedding(),
  lineByLine(),
  longalpaca(),
  multiTurn(),
  openaiBatch(),
  openqa(),
  randomEmbedding(),
  randomMultiTurn(),
  randomRerank(),
  randomVl(),
  random(),
  rerank(),
  sharegpt(),
  sonnet(),
  speedBenchmark(),
  trace(),
] as const;

export type DatasetName = (typeof DATASETS)[number]['name'];

/** What a name in a configuration means. */
export function findDataset(name: DatasetName): Dataset {
  return DATASETS.find((dataset) => dataset.name === name) as Dataset;
}
