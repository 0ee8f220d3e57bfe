import { listInputApis } from '../lib/api/input-apis.ts';
import { embedding } from '../lib/dataset/sets/embedding.ts';
import { createScenario } from '../lib/scenario/k6-script.ts';

globalThis.llmPerfApis = listInputApis;
const scenario = createScenario(embedding);

export const options = scenario.options;
export const setup = scenario.setup;
export default scenario.run;
export const teardown = scenario.teardown;
export const handleSummary = scenario.handleSummary;
