import { randomVl } from '../lib/dataset/sets/random-vl.ts';
import { makePictures } from '../lib/scenario/k6-pictures.ts';
import { createScenario } from '../lib/scenario/k6-script.ts';

const { dataset, talk } = makePictures(randomVl);
const scenario = createScenario(dataset, talk);

export const options = scenario.options;
export const setup = scenario.setup;
export default scenario.run;
export const teardown = scenario.teardown;
export const handleSummary = scenario.handleSummary;
