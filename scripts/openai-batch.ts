import { openaiBatch } from '../lib/dataset/sets/openai-batch.ts';
import { usePictures } from '../lib/scenario/k6-pictures.ts';
import { createScenario } from '../lib/scenario/k6-script.ts';

const { dataset, talk } = usePictures(openaiBatch);
const scenario = createScenario(dataset, talk);

export const options = scenario.options;
export const setup = scenario.setup;
export default scenario.run;
export const teardown = scenario.teardown;
export const handleSummary = scenario.handleSummary;
