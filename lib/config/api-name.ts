import { listApis } from '../api/apis.ts';
import { accept, oneWord, refuse } from './value-type.ts';

/** A file that holds an API of a user's own. */
export function isApiFile(api: string): boolean {
  return /\.[cm]?[jt]s$/.test(api);
}

const WORDS = ['openai', ...listApis().map(({ name }) => name)];

/** The name of an API; upper case and `_` for `-` are forgiven. Or a file, in a script that holds what is in it. */
export const apiName = oneWord(WORDS.join('|'), `${WORDS.join(', ')}, or a file such as ./my-api.ts`, (plain) => {
  const apis = listApis();
  if (isApiFile(plain)) {
    const why = 'this script does not hold it; k6-llm-perf bundle --api FILE -o my.js makes one that does';
    return apis.some(({ isCustom }) => isCustom) ? accept(plain) : refuse(why);
  }
  const given = plain.toLowerCase().replace(/_/g, '-');
  if (given === 'openai') return accept(given);
  const api = apis.find(({ name, aliases }) => name === given || aliases.includes(given));
  return api === undefined ? refuse() : accept(api.name);
});
