/**
 * The text as LIKE finds just it.
 * @see https://www.postgresql.org/docs/current/functions-matching.html#FUNCTIONS-LIKE
 */
export function escapeWildcards(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`)
}
