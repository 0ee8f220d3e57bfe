/** A tag of a selector, without blanks around its parts; the value is empty where there is none. */
export interface Tag {
  readonly name: string;
  readonly value: string;
}

/** Takes `tag:value,tag:value` apart. A comma always ends a tag, as in k6; a colon in a value is fine. */
export function splitTags(text: string): Tag[] {
  return text.split(',').map((part) => {
    const colon = part.indexOf(':');
    return { name: part.slice(0, Math.max(0, colon)).trim(), value: part.slice(colon + 1).trim() };
  });
}
