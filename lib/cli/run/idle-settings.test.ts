import { expect, it } from 'vitest';
import { loadConfig } from '../../config/load-config.ts';
import type { RunConfig } from '../../config/parameters.ts';
import { findIdleSettings } from './idle-settings.ts';

const find = (settings: Readonly<Record<string, string>>) =>
  findIdleSettings(loadConfig({ MODEL: 'm', ...settings }, () => '').config as RunConfig, settings).map(
    ({ key, got, paste }) => `${key}: ${got}; ${paste}`,
  );

it.each([
  [{ DATASET: 'openqa', INPUT_LEN: '100' }, /INPUT_LEN .*the dataset openqa does not have; --dataset random$/],
  [{ IMAGE_WIDTH: '50' }, /IMAGE_WIDTH .*; --dataset random-vl$/],
  [{ DATASET: 'custom', DATASET_PATH: 'a', MAX_TURNS: '2' }, /MAX_TURNS .*; --dataset multi-turn$/],
  [{ DATASET: 'random', DATASET_PATH: 'a', INPUT_LEN: '5' }, /which prompts of dataset-path do not have; leave/],
  [{ DATASET: 'random', PROMPT: 'a', PREFIX_LENGTH: '5' }, /which prompts of prompt do not have; leave/],
  [{ DATASET: 'rerank', DATASET_PATH: 'a', NUM_DOCUMENTS: '5' }, /NUM_DOCUMENTS .*; --dataset random-rerank$/],
  [{ DATASET: 'random-embedding', NUM_DOCUMENTS: '5' }, /NUM_DOCUMENTS .*; --dataset random-rerank$/],
])('%j is refused', (settings, problem) => {
  expect(find(settings)).toEqual([expect.stringMatching(problem)]);
});

it.each([
  { DATASET: 'random', INPUT_LEN: '100', OUTPUT_LEN: '5' },
  { DATASET: 'random', MULTI_TURN: 'true', MAX_TURNS: '2', TURN_LENGTH: '5' },
  { DATASET: 'random-multi-turn', DATASET_PATH: 'a', MAX_TURNS: '2', SYSTEM_PROMPT: 'x' },
  { DATASET: 'random_vl', DATASET_PATH: 'a', IMAGE_WIDTH: '50' },
  { DATASET: 'embedding', DATASET_PATH: 'a', BATCH_SIZE: '5' },
  { DATASET: 'custom', DATASET_PATH: 'a', MIN_PROMPT_LENGTH: '5' },
])('%j has its effect', (settings) => {
  expect(find(settings as Readonly<Record<string, string>>)).toEqual([]);
});
