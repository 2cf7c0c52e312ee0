/**
 * Quotes a string for a replication command, whose grammar knows doubled quotes and no escapes.
 * @see https://www.postgresql.org/docs/current/protocol-replication.html
 */
export function quoteOption(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}
