import { CONVERSATION_TABLE, RANDOM_TURNS_TABLE, TRACE_TABLE } from './conversation-table.ts';
import { INPUTS_TABLE } from './inputs-table.ts';
import { PICTURES_TABLE } from './pictures-table.ts';
import { SYNTHETIC_TABLE } from './synthetic-table.ts';

/**
 * Settings of some datasets alone. In k6 the build leaves them out here, so that a script holds those of its own dataset
 * only, which `Dataset.parameters` brings along.
 */
export const DATASET_TABLES = {
  ...SYNTHETIC_TABLE,
  ...PICTURES_TABLE,
  ...INPUTS_TABLE,
  ...CONVERSATION_TABLE,
  ...RANDOM_TURNS_TABLE,
  ...TRACE_TABLE,
};

/** Whether these are the tables of all datasets. */
export const ARE_OF_ALL: boolean = true;
