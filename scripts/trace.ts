import { trace } from '../lib/dataset/sets/trace.ts';
import { createConversations } from '../lib/scenario/k6-conversations.ts';
import { createScenario } from '../lib/scenario/k6-script.ts';

const scenario = createScenario(trace, createConversations);

export const options = scenario.options;
export const setup = scenario.setup;
export default scenario.run;
export const teardown = scenario.teardown;
export const handleSummary = scenario.handleSummary;
