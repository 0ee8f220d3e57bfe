import { expect, it } from 'vitest';
import type { Problem } from '../shared/errors.ts';
import { expandDatasetArgs } from './dataset-args.ts';

const expand = (settings: Readonly<Record<string, string>>) => {
  const problems: Problem[] = [];
  return {
    settings: expandDatasetArgs(settings, problems),
    got: problems.map(({ got, allowed }) => `${got} | ${allowed}`),
  };
};

it('evalscope’s arguments of datasets become the flags that they are here', () => {
  const args =
    '{"target_input_len":512,"input_len_mode":"cap","prefix_file":"a.txt","prefix_role":"user","speed":2.5,"match_output_length":true,"first_turn_length":650,"subsequent_turn_length":50,"model_override":null}';
  expect(expand({ DATASET_ARGS: args, MODEL: 'm', SPEED: '2.5' })).toEqual({
    settings: {
      ...{ MODEL: 'm', TARGET_INPUT_LEN: '512', INPUT_LEN_MODE: 'cap', PREFIX_FILE: 'a.txt', PREFIX_ROLE: 'user' },
      ...{ SPEED: '2.5', MATCH_OUTPUT_LENGTH: 'true', FIRST_TURN_LENGTH: '650', TURN_LENGTH: '50' },
    },
    got: [],
  });
});

it('what they cannot be is refused by name, all of it', () => {
  const args = '{"target_input_length":5,"model_mapping":{},"speed":2,"toString":1}';
  expect(expand({ DATASET_ARGS: args, SPEED: '3' }).got).toEqual([
    '"target_input_length", which no dataset has | did you mean target_input_len?',
    '"model_mapping", which has no counterpart: every request names the model of the run | the other keys',
    '"speed" beside --speed, which says something else | one of the two',
    expect.stringContaining('a key, which no dataset has'),
  ]);
  expect(expand({ DATASET_ARGS: '[1]' }).got[0]).toContain('not a JSON object');
});
