const ENGLISH = (
  'time model token server answer light river stone paper green night water small early often never every under ' +
  'while later garden window letter number simple quiet bright common second morning evening always between ' +
  'because through another against without question however certain picture mountain language science measure ' +
  'balance journey pattern signal market winter summer'
).split(' ');

const CHINESE =
  '时间 模型 速度 服务 回答 光 河流 石头 纸 绿色 夜晚 水 🚀 早 常常 从不 花园 窗户 😀 数字 安静 明亮 问题 🌍'.split(
    ' ',
  );

/**
 * The text of one token: the same for the same key and position, whatever was asked before.
 *
 * @param key      a number made of the seed and the request, see {@link mixKey}
 * @param position the token's place in its choice, from 0
 * @returns a word; English words after the first begin with a space, as tokens of real models do
 */
export function tokenText(language: 'english' | 'chinese', key: number, position: number): string {
  const list = language === 'english' ? ENGLISH : CHINESE;
  const word = list[mixKey(key, position) % list.length] as string;
  return language === 'english' && position > 0 ? ` ${word}` : word;
}

/** Mixes whole numbers into one of 32 bits, unsigned (MurmurHash3's rounds); neighbours give unrelated results. */
export function mixKey(...parts: readonly number[]): number {
  let hash = 0x2f0b4c47;
  for (const part of parts) {
    let k = Math.imul(part | 0, 0xcc9e2d51);
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    hash ^= k;
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64;
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
