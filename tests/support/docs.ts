import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** A text that people read, with its path from the root. */
interface Doc {
  readonly path: string;
  readonly text: string;
}

/** All files below a folder, paths from the root. */
export function listFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? listFiles(path) : [path];
  });
}

/** Everything that is documentation or an example to copy. */
export function readDocs(): Doc[] {
  const examples = [...listFiles('docs'), ...listFiles('deploy'), ...listFiles('.github')];
  const own = ['README.md', 'README.zh.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'datasets/README.md'];
  const paths = [...own, ...examples];
  return paths.filter((path) => /\.(md|ya?ml)$/.test(path)).map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}

/** What is set as code: inline spans and fenced blocks of Markdown; a YAML file is code as a whole. */
export function listCode({ path, text }: Doc): string[] {
  if (!path.endsWith('.md')) return [text];
  const blocks = listBlocks(text).map(({ code }) => code);
  const prose = text.replace(/^[ \t]*```[\s\S]*?^[ \t]*```/gm, '');
  return [...blocks, ...[...prose.matchAll(/`([^`\n]+)`/g)].map(([, span]) => span as string)];
}

/** The fenced blocks of a Markdown text, with their language. */
export function listBlocks(text: string): { readonly language: string; readonly code: string }[] {
  return [...text.matchAll(/^[ \t]*```(\w*)\n([\s\S]*?)^[ \t]*```/gm)].map(([, language, code]) => ({
    language: language ?? '',
    code: code ?? '',
  }));
}

/** Every match's first group in the code of a document, each once. */
export function findInCode(doc: Doc, pattern: RegExp): string[] {
  const found = listCode(doc).flatMap((code) => [...code.matchAll(pattern)].map((match) => match[1] as string));
  return [...new Set(found)];
}

/** Relative links that lead nowhere: a file that is not there, or a heading that its file does not have. */
export function findBrokenLinks({ path, text }: Doc): string[] {
  const prose = text.replace(/^[ \t]*```[\s\S]*?^[ \t]*```/gm, '').replace(/`[^`\n]+`/g, '');
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link as string);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? path : normalize(join(dirname(path), file));
    if (!existsSync(target)) return true;
    return anchor !== undefined && !listAnchors(readFileSync(target, 'utf8')).includes(decodeURIComponent(anchor));
  });
}

/** GitHub's anchors of a Markdown text's headings. */
function listAnchors(text: string): string[] {
  const prose = text.replace(/^[ \t]*```[\s\S]*?^[ \t]*```/gm, '');
  return [...prose.matchAll(/^#+ +(.+)$/gm)].map(([, heading]) =>
    (heading as string)
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replace(/ /g, '-'),
  );
}
