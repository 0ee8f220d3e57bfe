import type { RunConfig } from '../config/parameters.ts';
import type { Problem } from '../shared/errors.ts';

/** What is wrong with the lengths of made prompts together; each by itself was checked before. */
export function findLengthProblems(config: RunConfig, style: 'flag' | 'env'): Problem[] {
  const { given, inputLen, outputLen, lengthMix, rangeRatio, prefixLength, prefixCount } = config;
  const problems: Problem[] = [];
  const complain = (flag: string, got: string, allowed: string, value: string | null): void => {
    const env = flag.toUpperCase().replace(/-/g, '_');
    const [key, setting] = [`${env} (--${flag})`, style === 'flag' ? `--${flag} ` : `-e ${env}=`];
    problems.push({ key, got, allowed, paste: value === null ? `leave ${setting.trim()} out` : `${setting}${value}` });
  };
  if (lengthMix !== null) {
    for (const [name, flag] of [
      ['inputLen', 'input-len'],
      ['outputLen', 'output-len'],
      ['rangeRatio', 'range-ratio'],
    ] as const) {
      if (given.has(name)) complain(flag, 'both it and length-mix', 'one of them: a mixture holds its lengths', null);
    }
  } else if (rangeRatio > 0 && ![inputLen, outputLen].some((length) => length?.shape === 'fixed')) {
    const got = 'a range around no plain length';
    complain('range-ratio', got, 'beside input-len or output-len as a number; spreads have their own width', null);
  }
  if (given.has('minPromptLength') && !given.has('maxPromptLength') && inputLen === null && lengthMix === null) {
    complain('max-prompt-length', 'nothing, beside min-prompt-length', 'the longest prompt; or input-len', '4096');
  }
  if (prefixCount > 1 && prefixLength === 0) {
    complain('prefix-length', '0, beside prefix-count', 'the tokens of each prefix', '512');
  }
  return problems;
}
