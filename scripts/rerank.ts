import { listInputApis } from '../lib/api/input-apis.ts';
import { rerank } from '../lib/dataset/sets/rerank.ts';
import { createScenario } from '../lib/scenario/k6-script.ts';

globalThis.llmPerfApis = listInputApis;
const scenario = createScenario(rerank);

export const options = scenario.options;
export const setup = scenario.setup;
export default scenario.run;
export const teardown = scenario.teardown;
export const handleSummary = scenario.handleSummary;
