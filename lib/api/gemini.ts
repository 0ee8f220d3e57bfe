import type { Prompt } from '../dataset/prompt.ts';
import { isObject, type JsonObject } from '../shared/json.ts';
import type { Api } from './api.ts';
import type { Delta } from './delta.ts';
import { readFinishReason } from './finish-reasons.ts';
import { isEmpty, listOf } from './json.ts';
import { buildHeaders } from './openai-shared.ts';
import { readOutput } from './output-shapes.ts';
import { pictureOf, splitSystem } from './prompt-input.ts';
import { chunkOf, readJsonEvent, readOther } from './read-event.ts';
import { countOf, readUsage } from './usage-shapes.ts';

/** Model and method of a URL, and its query. */
const METHOD = /\/models\/[^/?#]+:(?:streamG|g)enerateContent(\?[^#]*)?$/;

/** Gemini's `models/MODEL:streamGenerateContent?alt=sse`, and `:generateContent` for whole answers. */
export const gemini: Api = {
  name: 'gemini',
  aliases: ['google', 'google-gemini'],
  path: '/models/MODEL:streamGenerateContent',
  ending: /\/models\/[^/]+:(?:streamG|g)enerateContent$/,
  version: '/v1beta',
  urlOf: toUrl,
  keyVariable: 'GEMINI_API_KEY',
  vendorHost: 'generativelanguage.googleapis.com',
  fields: {
    maxTokens: 'generationConfig.maxOutputTokens',
    seed: 'generationConfig.seed',
    stop: 'generationConfig.stopSequences',
    temperature: 'generationConfig.temperature',
    topP: 'generationConfig.topP',
    topK: 'generationConfig.topK',
    frequencyPenalty: 'generationConfig.frequencyPenalty',
  },
  group: 'generationConfig',
  limitFields: ['generationConfig.maxOutputTokens'],
  // The counts grow with every event, so that no two are alike.
  textFields: [],
  endWords: 'a finishReason',
  endsByReason: true,
  headers: (config) => buildHeaders(config.apiKey === null ? {} : { 'x-goog-api-key': config.apiKey }, config),
  input: toInput,
  readEvent: (data, name) => readJsonEvent(data, name, readAnswer),
  endOf: () => null,
  readWhole: (body) => readJsonEvent(body, '', readAnswer),
};

function toUrl(url: string, { model, stream }: { readonly model: string; readonly stream: boolean }): string {
  // The service lists its models with `models/` in front.
  const name = encodeURIComponent(model.replace(/^models\//, ''));
  return url.replace(METHOD, (_, query = '') => {
    const kept = query.replace(/[?&]alt=[^&]*/, '').replace(/^\?/, '&');
    return `/models/${name}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent?alt=json'}${kept}`;
  });
}

/** The roles are `user` and `model` here; what the system says has a field of its own. */
function toInput(prompt: Prompt): JsonObject {
  const { system, rest } = splitSystem(prompt);
  return {
    contents: rest.map(({ role, content }) => ({
      role: role === 'assistant' ? 'model' : 'user',
      parts: toParts(content),
    })),
    ...(system.length === 0 ? {} : { systemInstruction: { parts: system.flatMap(toParts) } }),
  };
}

function toParts(content: unknown): JsonObject[] {
  if (!Array.isArray(content)) return [{ text: content }];
  return content.filter(isObject).map((part) => {
    const picture = pictureOf(part);
    if (picture === null) return { text: part['text'] };
    const { url: fileUri, type: mimeType, data } = picture;
    return data === undefined ? { fileData: { fileUri } } : { inlineData: { mimeType, data } };
  });
}

function readAnswer(value: JsonObject, data: string): Delta {
  const { candidates, usageMetadata: counts, promptFeedback: feedback } = value;
  const usage = readUsage(value, data);
  const all = usage === null ? null : { ...usage, outputTokens: isObject(counts) ? countOutput(counts) : null };
  const [first] = listOf(candidates);
  if (isObject(first)) {
    const { content, reasoning, tools, hasMedia } = readOutput({}, readParts(first));
    return chunkOf({ content, reasoning, tools, hasMedia, finishReason: readFinishReason(first, {}), usage: all });
  }
  // A prompt that is refused has no candidates.
  if (isObject(feedback) && !isEmpty(feedback)) return readOther({ error: feedback }, data);
  return all === null ? readOther(value, data) : chunkOf({ usage: all });
}

/** The thoughts are output, and are counted apart from the candidates. */
function countOutput(counts: JsonObject): number | null {
  const [candidates, thoughts] = [countOf(counts['candidatesTokenCount']), countOf(counts['thoughtsTokenCount'])];
  return candidates === null && thoughts === null ? null : (candidates ?? 0) + (thoughts ?? 0);
}

/** The parts of an answer in OpenAI's shape. */
function readParts({ content }: JsonObject): JsonObject {
  const parts = isObject(content) ? listOf(content['parts']).filter(isObject) : [];
  return {
    content: parts.map(({ text, thought, inlineData }) =>
      thought === true ? { thinking: text } : { text, inlineData },
    ),
    tool_calls: parts.map(({ functionCall: call }) =>
      isObject(call) ? { name: call['name'], arguments: call['args'] } : {},
    ),
  };
}
