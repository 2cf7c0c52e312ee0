/** Keyset paging, newest first; at most one of first and last, each 1 to 100. */
export interface PageRequest {
  readonly first?: number
  readonly after?: string
  readonly last?: number
  readonly before?: string
}

export interface Page<T> {
  readonly items: readonly { readonly cursor: string; readonly item: T }[]
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
}
