import { DATASETS, type DatasetName } from './registry.ts';

/** In a k6 bundle the build writes the names out, so that the readers of other datasets stay away. */
export const DATASET_NAMES: readonly DatasetName[] = DATASETS.map(({ name }) => name);
