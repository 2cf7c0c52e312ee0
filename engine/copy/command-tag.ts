/** As pg hands it to a query. */
export interface CommandComplete {
  readonly text: string
}

/** Rows of the tag `COPY 123`. */
export function rowsOfTag({ text }: CommandComplete): bigint {
  const match = /^COPY (\d+)$/.exec(text)
  return BigInt(match?.[1] ?? 0)
}
