import { GodwitError, type Page, type PageRequest } from '../../../engine/index.ts'
import { checkPageSize, defaultPageSize } from './page-size.ts'

export interface ConnectionArguments {
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
  readonly last?: number | null | undefined
  readonly before?: string | null | undefined
}

/** @throws GodwitError BAD_INPUT */
export function readPageRequest({ first, after, last, before }: ConnectionArguments): PageRequest {
  if (first != null && last != null) {
    throw new GodwitError('BAD_INPUT', 'first and last cannot be combined.', {
      remedy: 'Give first (and after) to read forward, or last (and before) to read backward.',
      field: 'last',
    })
  }
  return {
    ...(last == null
      ? { first: checkPageSize(first ?? defaultPageSize, 'first') }
      : { last: checkPageSize(last, 'last') }),
    ...(after != null && { after }),
    ...(before != null && { before }),
  }
}

/** A page of a store, in the shape of a Relay connection. */
export function toConnection<T>({ items, hasNextPage, hasPreviousPage }: Page<T>) {
  return {
    edges: items.map(({ cursor, item }) => ({ cursor, node: item })),
    pageInfo: {
      hasNextPage,
      hasPreviousPage,
      startCursor: items.at(0)?.cursor ?? null,
      endCursor: items.at(-1)?.cursor ?? null,
    },
  }
}
