import type { ChatMessage, Prompt } from '../dataset/prompt.ts';
import { isObject } from '../shared/json.ts';

/** The texts of all messages as one, a blank line between them, for an API that knows no roles. */
export function joinMessages({ messages }: Prompt): string {
  return messages.map(({ content }) => (typeof content === 'string' ? content : JSON.stringify(content))).join('\n\n');
}

/** The contents of what the system says, and the other messages, for an API that has them apart. */
export function splitSystem({ messages }: Prompt): { readonly system: unknown[]; readonly rest: ChatMessage[] } {
  const isSystem = ({ role }: ChatMessage): boolean => role === 'system' || role === 'developer';
  return {
    system: messages.filter(isSystem).map(({ content }) => content),
    rest: messages.filter((message) => !isSystem(message)),
  };
}

/** A picture of a message: its address, and where that holds the picture itself, type and base64. */
export interface Picture {
  readonly url: unknown;
  readonly type: string | undefined;
  readonly data: string | undefined;
}

/** The picture of a part in OpenAI's shape; null where it is none. */
export function pictureOf(part: unknown): Picture | null {
  const image = isObject(part) ? part['image_url'] : null;
  if (!isObject(image)) return null;
  const [, type, data] = /^data:([^;,]*);base64,(.*)$/s.exec(String(image['url'])) ?? [];
  return { url: image['url'], type, data };
}
