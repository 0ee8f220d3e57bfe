import { alpaca } from '../lib/dataset/sets/alpaca.ts';
import { createScenario } from '../lib/scenario/k6-script.ts';

const scenario = createScenario(alpaca);

export const options = scenario.options;
export const setup = scenario.setup;
export default scenario.run;
export const teardown = scenario.teardown;
export const handleSummary = scenario.handleSummary;
