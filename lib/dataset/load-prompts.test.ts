import { describe, expect, it } from 'vitest';
import { loadPrompts } from './load-prompts.ts';
import { parsePrompts } from './parse-prompts.ts';
import { type DatasetName, findDataset } from './registry.ts';

const SETTINGS = { datasetPath: null, prompt: null, minPromptLength: 0, maxPromptLength: 131_072 };

function load(dataset: DatasetName, text: string, settings: object = {}, name = 'data.jsonl') {
  return loadPrompts(
    { ...SETTINGS, ...settings },
    { dataset: findDataset(dataset), readText: () => text, defaultPath: name },
  );
}

function contents(dataset: DatasetName, text: string, name?: string): unknown[] {
  const { prompts, problems } = load(dataset, text, {}, name);
  expect(problems).toEqual([]);
  return prompts.map(({ messages }) => messages.map(({ role, content }) => `${role}: ${content}`).join(' | '));
}

describe('openqa', () => {
  it("reads evalscope's lines, with BOM, CRLF, blank lines and fields of no interest", () => {
    const text = '\uFEFF{"question": " One? ", "human_answers": ["x"]}\r\n\r\n  \r\n{"question":"二？"}\r\n';
    expect(contents('openqa', text)).toEqual(['user: One?', 'user: 二？']);
  });

  it('reads prepared lines with their token counts', () => {
    expect(load('openqa', '{"question":"One?","input_tokens":3}').prompts).toEqual([
      { messages: [{ role: 'user', content: 'One?' }], input_tokens: 3 },
    ]);
  });

  it('refuses malformed lines with file, line, reason and a right line made of them', () => {
    const { prompts, problems } = load(
      'openqa',
      '{"question":"ok"}\n\nplain text\n{"prompt":"p"}\n{"question":" "}\n[1]\n"x"',
    );
    expect(prompts).toEqual([]);
    expect(problems.map(({ key, got, paste }) => [key, got, paste])).toEqual([
      ['data.jsonl:3', 'a line that is not JSON (plain text)', '{"question":"plain text"}'],
      ['data.jsonl:4', 'no text under "question" ({"prompt":"p"})', '{"question":"p"}'],
      ['data.jsonl:5', 'nothing under "question" ({"question":" "})', '{"question":"What is a load test?"}'],
      ['data.jsonl:6', 'a line that is not a JSON object ([1])', '{"question":"What is a load test?"}'],
      ['data.jsonl:7', 'a line that is not a JSON object ("x")', '{"question":"x"}'],
    ]);
    expect(contents('openqa', problems.map(({ paste }) => paste).join('\n'))).toHaveLength(5);
  });

  it('shows twenty malformed lines and counts the others', () => {
    const { problems } = load('openqa', 'x\n'.repeat(33));
    expect(problems).toHaveLength(21);
    expect(problems[19]?.key).toBe('data.jsonl:20');
    expect(problems[20]).toMatchObject({ key: 'data.jsonl', got: 'and 13 more of this kind' });
    expect(load('openqa', 'x\n'.repeat(20)).problems).toHaveLength(20);
  });
});

describe('longalpaca', () => {
  it('reads a JSON array and JSONL', () => {
    const objects = [
      { instruction: 'A', output: 'x' },
      { instruction: 'B', input_tokens: 1 },
    ];
    expect(contents('longalpaca', JSON.stringify(objects, null, 2))).toEqual(['user: A', 'user: B']);
    expect(contents('longalpaca', objects.map((line) => JSON.stringify(line)).join('\n'))).toEqual([
      'user: A',
      'user: B',
    ]);
  });

  it('names the element of an array that is malformed', () => {
    expect(load('longalpaca', '[{"instruction":"A"},{"input":"B"}]').problems).toEqual([
      {
        key: 'data.jsonl[1]',
        got: 'no text under "instruction" ({"input":"B"})',
        allowed: 'JSON objects with a text under "instruction", a line each or in an array',
        paste: '{"instruction":"B"}',
      },
    ]);
    expect(load('longalpaca', '[{"instruction":"A"},').problems[0]?.got).toContain('does not begin a JSON array');
  });
});

describe('line-by-line', () => {
  it('takes a line for text, for a JSON string or for messages', () => {
    const lines = [
      ' Plain text. ',
      '"two\\nlines"',
      '[{"role":"system","content":"S"},{"role":"user","content":"U"}]',
      '[INST] a template [/INST]',
      '[1, 2] is a list',
      '{"a": 1} is what?',
      '{"a": 1}',
      '"quoted" and more',
      '{"prompt":"prepared","input_tokens":1}',
    ];
    expect(contents('line-by-line', lines.join('\n'))).toEqual([
      'user: Plain text.',
      'user: two\nlines',
      'system: S | user: U',
      'user: [INST] a template [/INST]',
      'user: [1, 2] is a list',
      'user: {"a": 1} is what?',
      'user: {"a": 1}',
      'user: "quoted" and more',
      'user: prepared',
    ]);
  });

  it('refuses messages in a wrong form', () => {
    const { problems } = load('line-by-line', 'fine\n[{"role":"user"}]\n""\n[{"content":"x"}]');
    expect(problems.map(({ key, got }) => `${key} ${got}`)).toEqual([
      'data.jsonl:2 message 1, which has no "content" ([{"role":"user"}])',
      'data.jsonl:3 an empty text ("")',
      'data.jsonl:4 message 1, which has no "role" ([{"content":"x"}])',
    ]);
  });
});

describe('custom', () => {
  it('reads messages or a prompt, with system, max_tokens and input_tokens', () => {
    const lines = [
      '{"prompt":"P","system":"S","max_tokens":5,"input_tokens":2,"id":7}',
      '{"messages":[{"role":"user","content":[{"type":"text","text":"T"}]}],"system":""}',
      '{"messages":[{"role":"assistant","content":null,"tool_calls":[{}]},{"role":"tool","tool_call_id":"1","content":"r"}]}',
    ];
    expect(load('custom', lines.join('\n')).prompts).toEqual([
      {
        messages: [
          { role: 'system', content: 'S' },
          { role: 'user', content: 'P' },
        ],
        max_tokens: 5,
        input_tokens: 2,
      },
      { messages: [{ role: 'user', content: [{ type: 'text', text: 'T' }] }] },
      {
        messages: [
          { role: 'assistant', content: null, tool_calls: [{}] },
          { role: 'tool', tool_call_id: '1', content: 'r' },
        ],
      },
    ]);
  });

  it.each([
    ['{}', 'neither "messages" nor "prompt"'],
    ['{"prompt":5}', 'a "prompt" that is not text'],
    ['{"prompt":""}', 'nothing under "prompt"'],
    ['{"prompt":"a","messages":[]}', 'both "messages" and "prompt"'],
    ['{"messages":[]}', '"messages" that are not an array with a message in it'],
    ['{"messages":["x"]}', 'message 1, which has no "role"'],
    ['{"prompt":"a","system":1}', 'a "system" that is not text'],
    ['{"messages":[{"role":"system","content":"x"}],"system":"y"}', 'a "system" beside a system message'],
    ['{"prompt":"a","max_tokens":0}', '"max_tokens" that is not a whole number from 1'],
    ['{"prompt":"a","max_tokens":"5"}', '"max_tokens" that is not a whole number from 1'],
    ['{"prompt":"a","input_tokens":-1}', '"input_tokens" that is not a whole number from 0'],
  ])('refuses %s', (line, reason) => {
    const { problems } = load('custom', line);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.got).toContain(reason);
    expect(load('custom', problems[0]?.paste ?? '').problems).toEqual([]);
  });

  it('gives back all fields of a line, so that it can be written again', () => {
    const { prompts } = parsePrompts(findDataset('custom'), 'x.jsonl', '{"id":7,"prompt":"P"}');
    expect(prompts[0]?.fields).toEqual({ id: 7, prompt: 'P' });
  });
});

describe('custom as CSV', () => {
  it('reads quoted cells with commas, quotes and line ends', () => {
    const text = '\uFEFFid,Prompt,system,max_tokens\r\n1,"a, ""b""\r\nc",S,16\r\n\r\n2,plain,,\r\n';
    expect(load('custom', text, {}, 'x.CSV').prompts).toEqual([
      {
        messages: [
          { role: 'system', content: 'S' },
          { role: 'user', content: 'a, "b"\r\nc' },
        ],
        max_tokens: 16,
      },
      { messages: [{ role: 'user', content: 'plain' }] },
    ]);
  });

  it('goes by the header for the delimiter', () => {
    expect(contents('custom', 'prompt\nhello\tworld;x', 'x.csv')).toEqual(['user: hello\tworld;x']);
    expect(contents('custom', 'id;prompt\n1;a,b', 'x.csv')).toEqual(['user: a,b']);
    expect(contents('custom', 'prompt\tsystem\na,b\tS', 'x.csv')).toEqual(['system: S | user: a,b']);
  });

  it('names the line where a row begins, after cells of several lines', () => {
    const { problems } = load('custom', 'prompt,max_tokens\n"a\nb\nc",1\n,5\nx,y\nz,1,2\n', {}, 'x.csv');
    expect(problems.map(({ key, got }) => `${key} ${got}`)).toEqual([
      'x.csv:5 neither "messages" nor "prompt" (,5)',
      'x.csv:6 "max_tokens" that is not a whole number from 1 (x,y)',
      'x.csv:7 3 cells under 2 columns (z,1,2)',
    ]);
  });

  it('refuses a file without the column, and a quote that does not close', () => {
    expect(load('custom', 'question\nx', {}, 'x.csv').problems[0]).toMatchObject({
      key: 'x.csv:1',
      got: 'a first row without a column "prompt" (question)',
    });
    expect(load('custom', 'prompt\n"open\nx', {}, 'x.csv').problems[0]?.got).toMatch(/quot/i);
  });
});

describe('loadPrompts', () => {
  it('prefers the prompt of the configuration and does not filter it', () => {
    expect(load('openqa', 'broken', { prompt: 'Hi', minPromptLength: 99 })).toEqual({
      prompts: [{ messages: [{ role: 'user', content: 'Hi' }] }],
      problems: [],
      notes: [],
    });
  });

  it('prefers the path of the configuration to the default one', () => {
    const dataset = findDataset('openqa');
    const read: string[] = [];
    const readText = (path: string) => {
      read.push(path);
      return '{"question":"x"}';
    };
    loadPrompts({ ...SETTINGS, datasetPath: 'mine' }, { dataset, readText, defaultPath: 'theirs' });
    loadPrompts(SETTINGS, { dataset, readText, defaultPath: 'theirs' });
    expect(read).toEqual(['mine', 'theirs']);
  });

  it('filters by length, both bounds included, in code points', () => {
    const text = ['ab', 'abc', '😀😀😀😀', 'abcde'].map((question) => JSON.stringify({ question })).join('\n');
    const { prompts } = load('openqa', text, { minPromptLength: 3, maxPromptLength: 4 });
    expect(prompts.map(({ messages }) => messages[0]?.content)).toEqual(['abc', '😀😀😀😀']);
  });

  it('filters by tokens where they are counted', () => {
    const text = '{"question":"a long question","input_tokens":3}\n{"question":"b","input_tokens":9}';
    expect(load('openqa', text, { maxPromptLength: 3 }).prompts).toHaveLength(1);
  });

  it('says what there is when no prompt is left', () => {
    const text = '{"question":"12345"}\n{"question":"123456789"}';
    expect(load('openqa', text, { minPromptLength: 10 }).problems).toEqual([
      {
        key: 'MIN_PROMPT_LENGTH (--min-prompt-length)',
        got: 'none of 2 prompts between 10 and 131072 (2 shorter than 10)',
        allowed: 'the prompts are 5 to 9 long, in characters',
        paste: '--min-prompt-length 5',
      },
    ]);
    expect(load('openqa', text, { minPromptLength: 6, maxPromptLength: 8 }).problems[0]?.paste).toBe(
      '--max-prompt-length 9',
    );
  });

  it.each(['', '\n \r\n', '\uFEFF', '[]'])('refuses a file with nothing in it (%j)', (text) => {
    expect(load('openqa', text).problems[0]?.got).toBe('"data.jsonl": no prompt in it');
  });

  it('says which file cannot be read', () => {
    const readText = () => {
      throw new Error('ENOENT');
    };
    const dataset = findDataset('custom');
    const { problems } = loadPrompts(SETTINGS, { dataset, readText, defaultPath: 'x.jsonl', style: 'env' });
    expect(problems[0]).toMatchObject({
      key: 'DATASET_PATH (--dataset-path)',
      got: '"x.jsonl": the file cannot be read',
      paste: '-e DATASET_PATH=prompts.jsonl',
    });
    expect(loadPrompts(SETTINGS, { dataset, readText, defaultPath: null }).problems).toMatchObject([
      { got: 'nothing, and the dataset custom comes without a file' },
    ]);
  });
});
