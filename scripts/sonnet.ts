import { sonnet } from '../lib/dataset/sets/sonnet.ts';
import { createScenario } from '../lib/scenario/k6-script.ts';

const scenario = createScenario(sonnet);

export const options = scenario.options;
export const setup = scenario.setup;
export default scenario.run;
export const teardown = scenario.teardown;
export const handleSummary = scenario.handleSummary;
