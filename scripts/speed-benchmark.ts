import { speedBenchmark } from '../lib/dataset/sets/speed-benchmark.ts';
import { createScenario } from '../lib/scenario/k6-script.ts';

const scenario = createScenario(speedBenchmark);

export const options = scenario.options;
export const setup = scenario.setup;
export default scenario.run;
export const teardown = scenario.teardown;
export const handleSummary = scenario.handleSummary;
