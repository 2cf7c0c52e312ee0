/** The source of a pattern for a quoted identifier, whose content is a group. */
export const quoted = String.raw`"((?:[^"]|"")+)"`

/** The identifier of which a quoted one has the content. */
export function unquote(content = ''): string {
  return content.replaceAll('""', '"')
}
