import { MOCK_KNOBS, parseMockFlags, renderMockHelp } from '../../mock/options.ts';
import { startMockServer } from '../../mock/server.ts';
import type { Command, CommandHelp } from '../command.ts';
import { withStopSignal } from '../support/stop-signal.ts';

const HELP: CommandHelp = {
  usage: 'k6-llm-perf mock [flags]',
  examples: [
    'k6-llm-perf mock --port 8000',
    'k6-llm-perf mock --ttft-ms 80 --tpot-ms 12 --output-tokens 200',
    'k6-llm-perf mock --status 503 --status-rate 0.1',
  ],
  about:
    "An LLM server without a model: it answers OpenAI's chat completions, completions and responses, and Anthropic's messages, with known timings, and with faults.",
  flags: [],
  moreFlags: MOCK_KNOBS.map(({ flag, text, type, standsAlone }) => ({
    flag,
    text,
    words: type.includes('|') ? type.split('|') : [],
    takes: standsAlone ? 'nothing' : 'word',
  })),
  more: renderMockHelp(),
};

const run: Command['run'] = async (args, process) => {
  const server = await startMockServer(parseMockFlags(args));
  process.stdout.write(
    `mock LLM server at ${server.url}/v1/chat/completions\nthe timings it kept: ${server.url}/__timings\n`,
  );
  await withStopSignal(
    process,
    (signal) => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())),
    '',
  );
  await server.close();
  return 0;
};

export const command: Command = { help: HELP, run };
