import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Dataset } from './dataset.ts';
import { loadPrompts } from './load-prompts.ts';
import { parsePrompts } from './parse-prompts.ts';
import { promptLength, promptText } from './prompt-text.ts';
import { DATASETS, type DatasetName, findDataset } from './registry.ts';

function read(name: string): string {
  return readFileSync(new URL(`../../datasets/${name}`, import.meta.url), 'utf8');
}

function load(dataset: DatasetName, name: string) {
  const settings = { datasetPath: null, prompt: null, minPromptLength: 0, maxPromptLength: 131_072 };
  const { prompts, problems } = loadPrompts(settings, {
    dataset: findDataset(dataset),
    readText: read,
    defaultPath: name,
  });
  expect(problems).toEqual([]);
  return prompts;
}

function countChinese(texts: readonly string[]): number {
  return texts.filter((text) => /[\u4e00-\u9fff]/.test(text)).length;
}

describe('the datasets that come with the project', () => {
  it('hold at least 220 different questions, about half of them Chinese', () => {
    const texts = load('openqa', 'openqa.jsonl').map(promptText);
    expect(texts.length).toBeGreaterThanOrEqual(220);
    expect(new Set(texts.map((text) => text.toLowerCase())).size).toBe(texts.length);
    expect(countChinese(texts) / texts.length).toBeCloseTo(0.5, 1);
    expect(new Set(texts.map((text) => text.length)).size).toBeGreaterThan(60);
  });

  it('mix languages and lengths in the first requests of a run', () => {
    const texts = load('openqa', 'openqa.jsonl').slice(0, 15).map(promptText);
    expect(countChinese(texts)).toBeGreaterThan(5);
    expect(countChinese(texts)).toBeLessThan(10);
  });

  it('hold at least 20 different long instructions of 3,000 to 12,000 characters', () => {
    const prompts = load('longalpaca', 'longalpaca.jsonl');
    expect(prompts.length).toBeGreaterThanOrEqual(20);
    expect(new Set(prompts.map(promptText)).size).toBe(prompts.length);
    for (const prompt of prompts) {
      expect(promptLength(prompt)).toBeGreaterThanOrEqual(3000);
      expect(promptLength(prompt)).toBeLessThanOrEqual(12_000);
    }
  });

  it.each([
    ['openqa.jsonl', 'question'],
    ['longalpaca.jsonl', 'instruction'],
  ])('%s has one object with the key %s a line, and ends in a line feed', (name, key) => {
    const text = read(name);
    expect(text.endsWith('}\n')).toBe(true);
    for (const line of text.trimEnd().split('\n')) expect(Object.keys(JSON.parse(line))).toEqual([key]);
  });

  it('are counted right in their description', () => {
    const description = read('README.md');
    expect(description).toContain(`${load('openqa', 'openqa.jsonl').length} questions`);
    const long = load('longalpaca', 'longalpaca.jsonl').map(promptText);
    const chinese = countChinese(long);
    expect(description).toContain(
      `${long.length} long instructions (${long.length - chinese} English, ${chinese} Chinese)`,
    );
  });
});

describe('the table of datasets', () => {
  const root = (path: string): string => new URL(`../../${path}`, import.meta.url).pathname;

  it('has a row for every file and every script of the same name, in that order', () => {
    const names = DATASETS.map(({ name }) => `${name}.ts`);
    expect(readdirSync(root('lib/dataset/sets')).sort()).toEqual(names);
    // Beside the library for scripts of others, which runs no dataset.
    expect(
      readdirSync(root('scripts'))
        .sort()
        .filter((name) => name !== 'k6'),
    ).toEqual(names);
  });

  it.each(DATASETS.map((dataset) => [dataset.name, dataset] as const))('%s has a script that runs it', (name) => {
    const script = readFileSync(root(`scripts/${name}.ts`), 'utf8');
    const [, made] = /^export function (\w+)/m.exec(readFileSync(root(`lib/dataset/sets/${name}.ts`), 'utf8')) ?? [];
    expect(script).toContain(`from '../lib/dataset/sets/${name}.ts'`);
    // What reads or makes pictures wraps it first.
    expect(script).toMatch(new RegExp(`(?:createScenario|usePictures|makePictures)\\(${made}\\b`));
    expect(readFileSync(root('datasets/README.md'), 'utf8') + readFileSync(root('README.md'), 'utf8')).toContain(name);
  });

  it.each(DATASETS.map((dataset) => [dataset.name, dataset] as const))(
    '%s reads what it brings along',
    (name, { file }) => {
      if (file === null) return;
      expect(existsSync(root(`datasets/${file}`))).toBe(true);
      expect(load(name, file).length).toBeGreaterThan(0);
    },
  );

  it.each(DATASETS.map((dataset) => [dataset.name, dataset] as const))(
    '%s reads the line that it would paste',
    (_, dataset) => {
      const { exampleFile, formatOf } = dataset as Dataset;
      const line = formatOf(exampleFile).formatLine('What is a load test?');
      const { prompts } = parsePrompts(dataset, exampleFile, line);
      expect(prompts.map(({ prompt }) => prompt.messages[0])).toEqual([
        { role: 'user', content: 'What is a load test?' },
      ]);
    },
  );
});
