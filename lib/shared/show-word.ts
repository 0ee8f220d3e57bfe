import { formatCount } from './format-count.ts';
import { MASK } from './mask-secrets.ts';

/** The most characters of a value that a message shows. */
const SHOWN_CHARACTERS = 80;

/** Beginnings of keys that services give out. */
const KEY_START = /^(sk|pk|rk|hf|gsk|ghp|gho|glpat|xox[abprs]|nvapi|AIza|AKIA|eyJ|key|token|bearer|basic)(?![a-z])/i;

/** Words that name a secret, the user and the password in front of a host, and parameters of a URL that are keys. */
const TELLING_WORD = /api.?key|token[=:]|(key|sig)=\w|:\/*[^/]+@|secret|passw|authorization|bearer|cookie|credential/i;

/**
 * Whether a piece of a word is like a key: longer than words are, or letters and digits mixed as no name mixes them.
 * `qwen2`, `p99`, `llama3.1` and `20261126_120000` are not.
 */
function isLikeKey(piece: string): boolean {
  if (KEY_START.test(piece) && piece.length >= 12) return true;
  const letters = piece.replace(/[^A-Za-z]/g, '');
  const digits = piece.replace(/\D/g, '');
  if (letters === '' || digits === '') return /[a-z][A-Z]/.test(letters) ? letters.length > 14 : letters.length > 24;
  // A number after or in front of a word is a version or a count.
  if (/^([A-Za-z]{1,12}\d{1,6}|\d{1,6}[A-Za-z]{1,8}|[A-Za-z]{1,8}\d{1,3}[A-Za-z]{1,3})$/.test(piece)) return false;
  return piece.length >= 7;
}

/**
 * Whether a text that a user gave in a wrong place may be repeated in a message: it is short, and nothing in it is like a
 * key. Everything else may be one that slipped into the wrong place, whatever place that is.
 */
export function isHarmless(text: string): boolean {
  if (text.length > 200 || TELLING_WORD.test(text)) return false;
  if (KEY_START.test(text) && text.length >= 12) return false;
  return text.split(/[^A-Za-z0-9]+/).every((piece) => !isLikeKey(piece)) && !isLikeKey(joinParts(text));
}

/** A key may be written in groups (`Hn5Yc-81kQwEa_27`): several parts that each mix letters and digits make one. */
function joinParts(text: string): string {
  const mixed = text.split(/[^A-Za-z0-9]+/).filter((piece) => /[A-Za-z]/.test(piece) && /\d/.test(piece));
  return mixed.length >= 2 && !/[\s<>()]/.test(text) && mixed.join('').length >= 12 ? `${mixed.join('')}x0y` : '';
}

/** Whether a text is a key of one of the services that mark theirs, and nothing else. */
export function isMarkedKey(text: string): boolean {
  return (
    /^(?:(?:sk|pk|rk|nvapi)-|(?:hf|gsk|ghp|gho)_|AIza|AKIA|eyJ)[\w.-]{16,}$/.test(text.trim()) ||
    /^bearer\s/i.test(text)
  );
}

/** A value in quotes where it is surely harmless, else its shape alone: `a text of 24 characters, which is not shown`. */
export function showValue(text: string): string {
  if (!isHarmless(text)) return describeShape(text);
  const characters = [...text];
  const short = characters.slice(0, SHOWN_CHARACTERS).join('');
  return JSON.stringify(characters.length > SHOWN_CHARACTERS ? `${short}...` : short);
}

/** The same for JSON, which has its own quotes. */
export function showJson(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing';
  if (!isHarmless(json)) return describeShape(json);
  return json.length > SHOWN_CHARACTERS ? `${json.slice(0, SHOWN_CHARACTERS)}...` : json;
}

/** The shape of a word that is not shown. */
export function describeShape(text: string): string {
  const count = [...text].length;
  return `a ${/\s/.test(text.trim()) ? 'text' : 'word'} of ${formatCount(count, 'character')}, which is not shown`;
}

/**
 * A path in quotes, parts of it masked that are like a key; a single word without an ending, which is not a path to look at, by its
 * shape unless it is short and plain.
 */
export function showPath(path: string): string {
  const parts = path.split(/([/\\])/);
  const isPath = parts.length > 1 || /\.[A-Za-z0-9]{1,8}$/.test(path);
  if (path.length > 1000 || TELLING_WORD.test(path.replace(/[/\\]/g, ' ')) || (!isPath && !isHarmless(path))) {
    return describeShape(path);
  }
  const shown = parts.map((part) => (isHarmless(part) ? part : MASK)).join('');
  // Base64 holds slashes: where half of it is masked, the rest is of the same kind.
  const masked = parts.filter((part) => !isHarmless(part)).length;
  return masked * 2 > Math.ceil(parts.length / 2) ? describeShape(path) : JSON.stringify(shown);
}
