/** Says something to a person. The level is in the text, since a console that goes to a file loses it. */
export function warn(text: string): void {
  console.warn(`warning: ${text}`);
}

export function complain(text: string): void {
  console.error(`error: ${text}`);
}
