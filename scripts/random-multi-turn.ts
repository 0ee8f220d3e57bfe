import { randomMultiTurn } from '../lib/dataset/sets/random-multi-turn.ts';
import { createConversations } from '../lib/scenario/k6-conversations.ts';
import { createScenario } from '../lib/scenario/k6-script.ts';

const scenario = createScenario(randomMultiTurn, createConversations);

export const options = scenario.options;
export const setup = scenario.setup;
export default scenario.run;
export const teardown = scenario.teardown;
export const handleSummary = scenario.handleSummary;
