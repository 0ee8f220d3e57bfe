import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createFlagSet, describeStray, parseFlags } from '../../config/node-flags.ts';
import { choice, text } from '../../config/scalar-types.ts';
import { DATASET_NAMES } from '../../dataset/dataset-names.ts';
import { ConfigError } from '../../shared/errors.ts';
import { showPath } from '../../shared/show-word.ts';
import type { Command, CommandHelp } from '../command.ts';
import { prepareOwnApi, renderOwnScript } from '../run/own-api.ts';
import { OUTPUT } from '../support/common-flags.ts';
import { CommandError } from '../support/output.ts';

const FLAGS = createFlagSet({
  api: {
    group: 'Service',
    type: text('the path of a TypeScript or JavaScript file'),
    default: '',
    example: ['./my-api.ts'],
    help: 'The file whose default export is the API.',
  },
  dataset: {
    group: 'Workload',
    type: choice(DATASET_NAMES),
    default: 'openqa',
    example: ['custom'],
    help: 'The workload of the script. Default: openqa.',
  },
  output: {
    ...OUTPUT,
    default: '',
    example: ['my.js'],
    help: 'The script to write.',
  },
});

const HELP: CommandHelp = {
  usage: 'k6-llm-perf bundle --api FILE -o SCRIPT [--dataset NAME]',
  examples: [
    'k6-llm-perf bundle --api ./my-api.ts -o my.js',
    'k6-llm-perf bundle --api ./my-api.ts --dataset custom -o my.js',
    'k6-llm-perf bundle --api ./my-api.ts --dataset longalpaca -o long.js',
  ],
  about:
    'Makes a k6 script that speaks an API of your own, for k6 run, k6 archive, k6 Cloud and k6-operator. An included dataset is read from this installation, and k6 archive packs it.',
  flags: FLAGS.specs,
};

const run: Command['run'] = async (args, process) => {
  const { env, strays, problems } = parseFlags(args, FLAGS.specs, []);
  const { api, dataset, output } = FLAGS.read(env, problems);
  const all = [...problems, ...strays.map((stray) => describeStray(stray, null))];
  if (all.length > 0) throw new ConfigError(all);
  if (api === '' || output === '') {
    throw new CommandError('bundle needs --api and -o\n  try: k6-llm-perf bundle --api ./my-api.ts -o my.js');
  }
  await prepareOwnApi(api, process.cwd());
  const script = renderOwnScript(api, dataset);
  if (script === null) {
    throw new CommandError(
      `${showPath(api)} is not a .ts or .js file\n  try: k6-llm-perf bundle --api ./my-api.ts -o my.js`,
    );
  }
  writeFileSync(resolve(process.cwd(), output), script);
  process.stdout.write(`${output}\n`);
  return 0;
};

export const command: Command = { help: HELP, run };
