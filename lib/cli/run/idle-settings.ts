import { RANDOM_TURNS_TABLE } from '../../config/conversation-table.ts';
import { DATASET_TABLES } from '../../config/dataset-tables.ts';
import { describeProblem } from '../../config/describe-problem.ts';
import type { INPUTS_TABLE } from '../../config/inputs-table.ts';
import { PARAMETERS, type RunConfig } from '../../config/parameters.ts';
import { SYNTHETIC_TABLE } from '../../config/synthetic-table.ts';
import type { Dataset } from '../../dataset/dataset.ts';
import { DATASETS, findDataset } from '../../dataset/registry.ts';
import type { Problem } from '../../shared/errors.ts';

/** Which of the datasets with settings of inputs use each. */
const OF_INPUTS: Readonly<Record<keyof typeof INPUTS_TABLE, readonly string[]>> = {
  batchSize: ['embedding', 'random-embedding'],
  numDocuments: ['random-rerank'],
  documentLengthRatio: ['random-rerank'],
};

/**
 * Settings of datasets that somebody gave and that nothing reads, since the prompts are of another dataset, or of a file: the run
 * would not be what was asked for.
 *
 * @param settings of flags and code, not of the environment, which may serve other runs, too
 */
export function findIdleSettings(config: RunConfig, settings: Readonly<Record<string, string>>): Problem[] {
  const dataset = findDataset(config.dataset);
  const isRead = config.datasetPath !== null || config.prompt !== null;
  return PARAMETERS.flatMap((parameter) => {
    const given = settings[parameter.env] ?? '';
    if (given === '' || !Object.hasOwn(DATASET_TABLES, parameter.name)) return [];
    if (hasEffect(parameter.name, dataset, isRead)) return [];
    const all: readonly Dataset[] = DATASETS;
    const users = all.filter((one) => hasEffect(parameter.name, one, false)).map(({ name }) => name);
    const isMade = users.includes(dataset.name);
    const source = config.prompt === null ? 'dataset-path' : 'prompt';
    const why = isMade ? `which prompts of ${source} do not have` : `which the dataset ${dataset.name} does not have`;
    const problem = describeProblem(parameter, given, why, 'flag');
    const paste = isMade
      ? `leave --${source} or --${parameter.flag} out`
      : `--dataset ${users.find((name) => name === 'random') ?? users[0]}`;
    return [{ ...problem, allowed: `${parameter.type.allowed}, for ${users.join(', ')}`, paste }];
  });
}

/** @param isRead whether the prompts are of a file, or one of the settings */
function hasEffect(name: string, { name: dataset, parameters = [] }: Dataset, isRead: boolean): boolean {
  if (!parameters.some((parameter) => parameter.name === name)) return false;
  if (Object.hasOwn(OF_INPUTS, name)) {
    const users = OF_INPUTS[name as keyof typeof OF_INPUTS];
    return users.includes(dataset) && (!isRead || dataset === 'embedding');
  }
  return !isRead || !(Object.hasOwn(SYNTHETIC_TABLE, name) || Object.hasOwn(RANDOM_TURNS_TABLE, name));
}
