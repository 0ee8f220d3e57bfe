import type { ApiRequest } from '../api/api.ts';
import type { Delta } from '../api/delta.ts';
import type { ChatMessage } from '../dataset/prompt.ts';
import { walkDeltas } from '../stream/read-deltas.ts';
import type { ReceivedAnswer } from '../stream/received-answer.ts';

/**
 * What a service answered, as a message for the history of the turns that follow: its visible text. Clients leave the
 * reasoning out of it, as the services' own documents tell them to; where nothing else came, it is taken for the answer.
 */
export function readReply(
  { data, text }: Pick<ReceivedAnswer, 'data' | 'text'>,
  { api, stream }: Pick<ApiRequest, 'api' | 'stream'>,
): ChatMessage {
  const parts = { visible: '', reasoning: '' };
  const add = ({ isReasoning, isWhole }: Delta, said: string): void => {
    // Behind chunks with a delta, a whole message repeats them.
    if (isWhole && stream && parts.visible !== '') return;
    parts[isReasoning ? 'reasoning' : 'visible'] += said;
  };
  if (stream) {
    walkDeltas(data, api, true, {
      onDelta: (delta) => {
        if (delta.kind === 'chunk') add(delta, delta.text);
      },
      onAlike: ({ delta, text: texts }) => add(delta, texts),
    });
  } else {
    const whole = api.readWhole(text);
    add(whole, whole.text);
  }
  return { role: 'assistant', content: parts.visible || parts.reasoning };
}
