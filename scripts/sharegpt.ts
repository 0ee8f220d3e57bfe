import { sharegpt } from '../lib/dataset/sets/sharegpt.ts';
import { createScenario } from '../lib/scenario/k6-script.ts';

const scenario = createScenario(sharegpt);

export const options = scenario.options;
export const setup = scenario.setup;
export default scenario.run;
export const teardown = scenario.teardown;
export const handleSummary = scenario.handleSummary;
