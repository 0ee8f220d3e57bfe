import { CONVERSATION_TABLE, TRACE_TABLE } from '../../config/conversation-table.ts';
import { completeRows } from '../../config/parameter.ts';
import { arrangeTrace } from '../arrange-trace.ts';
import { createConversationFormat } from '../conversation-format.ts';
import type { Dataset } from '../dataset.ts';

/** What was recorded elsewhere, as `prepare trace` writes it: an open loop at the recorded times. */
export function trace(): Dataset & { readonly name: 'trace' } {
  return {
    name: 'trace',
    file: null,
    exampleFile: 'day.trace.jsonl',
    content: 'none',
    written: 'what `k6-llm-perf prepare trace` makes of a recorded load ([traces.md](traces.md))',
    endings: ['.trace.jsonl'],
    parameters: completeRows({ ...CONVERSATION_TABLE, ...TRACE_TABLE }),
    formatOf: createConversationFormat,
    arrange: arrangeTrace,
  };
}
