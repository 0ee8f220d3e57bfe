import type { Problem } from '../shared/errors.ts';
import { isObject, parseJson } from '../shared/json.ts';
import { findNearestName } from '../shared/nearest-name.ts';
import { ownValue } from '../shared/own-value.ts';
import { describeShape } from '../shared/show-word.ts';
import { createFlagSet } from './node-flags.ts';
import { accept, oneWord, type ValueType } from './value-type.ts';

const argsText: ValueType<string> = oneWord('json', 'a JSON object', accept);

/** evalscope's flag for what its datasets have of their own. */
export const DATASET_ARGS_FLAGS = createFlagSet({
  datasetArgs: {
    group: 'Workload',
    aliases: ['multi-turn-args'],
    type: argsText,
    example: ['{"target_input_len":1024}'],
    help: "evalscope's JSON of what a dataset has of its own; each key is a flag here: target_input_len is --target-input-len.",
  },
}).specs;

/** The flags of its keys; null: there is none, for a reason. */
const KEYS: Readonly<Record<string, { readonly flag: string } | { readonly why: string; readonly paste: string }>> = {
  target_input_len: { flag: 'target-input-len' },
  input_len_mode: { flag: 'input-len-mode' },
  prefix_file: { flag: 'prefix-file' },
  prefix_role: { flag: 'prefix-role' },
  first_turn_length: { flag: 'first-turn-length' },
  subsequent_turn_length: { flag: 'turn-length' },
  speed: { flag: 'speed' },
  match_output_length: { flag: 'match-output-length' },
  model_override: { flag: 'model' },
  model_mapping: { why: 'every request names the model of the run', paste: '--model qwen2.5' },
  chars_per_token: { why: 'lengths are in tokens, and none is guessed', paste: '--turn-length 500' },
};

/**
 * The settings with those of `DATASET_ARGS` in its place; what is wrong with it is added to `problems`.
 *
 * @param settings of the command line, which a key may say again, and may not contradict
 */
export function expandDatasetArgs(
  settings: Readonly<Record<string, string>>,
  problems: Problem[],
): Record<string, string> {
  const { DATASET_ARGS: given, ...rest } = settings;
  if (given === undefined || given === '') return rest;
  const complain = (got: string, allowed: string, paste: string): void => {
    problems.push({ key: 'DATASET_ARGS (--dataset-args)', got, allowed, paste });
  };
  const args = parseJson(given);
  if (!isObject(args)) {
    complain(
      `${describeShape(given)}, which is not a JSON object`,
      'an object',
      `--dataset-args '{"target_input_len":1024}'`,
    );
    return rest;
  }
  const expanded: Record<string, string> = { ...rest };
  for (const [key, value] of Object.entries(args)) {
    const known = ownValue(KEYS, key);
    if (known === undefined) {
      const usable = Object.entries(KEYS).flatMap(([name, row]) => ('flag' in row ? [name] : []));
      const nearest = findNearestName(key, Object.keys(KEYS), Math.max(2, Math.floor(key.length / 3)));
      const shown = /^[a-z_]{1,40}$/.test(key) ? `"${key}"` : 'a key';
      const allowed = nearest === null ? usable.join(', ') : `did you mean ${nearest}?`;
      complain(`${shown}, which no dataset has`, allowed, `--dataset-args '{"${nearest ?? 'target_input_len'}":…}'`);
    } else if (!('flag' in known))
      complain(`"${key}", which has no counterpart: ${known.why}`, 'the other keys', known.paste);
    else if (value !== null) {
      const env = known.flag.toUpperCase().replace(/-/g, '_');
      const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
      const other = ownValue(rest, env);
      if (other !== undefined && other !== text)
        complain(
          `"${key}" beside --${known.flag}, which says something else`,
          'one of the two',
          `--${known.flag} ${other}`,
        );
      else expanded[env] = text;
    }
  }
  return expanded;
}
